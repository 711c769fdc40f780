// What the algorithms refuse: the type of the error, the argument and its value in the message, and that nothing was
// written before. Also under -Ofast, where comparisons with NaN and infinity are not to be trusted.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/expect_error.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
// A number that the compiler does not see: it would warn of allocations that are far too large.
std::ptrdiff_t unseen(std::ptrdiff_t value) {
    const volatile std::ptrdiff_t copy = value;
    return copy;
}
const std::ptrdiff_t longest = unseen(std::numeric_limits<std::ptrdiff_t>::max());
constexpr std::ptrdiff_t most_negative = std::numeric_limits<std::ptrdiff_t>::min();

struct FloatSerial {
    using T = float;
    static constexpr km::Serial policy{};
};
struct DoubleFused {
    using T = double;
    static constexpr km::Fused policy{};
};
struct FloatOpenMP {
    using T = float;
    static constexpr km::OpenMP policy{.threads = 2};
};
struct DoublePool {
    using T = double;
    static constexpr test::Pool policy{.workers = 3};
};

// An array that all views of a test look into, and its bytes as they were.
template <class S> class Errors : public ::testing::Test {
  protected:
    using Cell = typename S::T;
    static constexpr std::ptrdiff_t rows = 6;
    static constexpr std::ptrdiff_t cols = 8;

    Errors() : array_(4 * rows, cols) {
        test::fill_distinct(array_.view(), 3);
        before_ = test::values_of(array_.view());
    }
    // Nothing is written by a call that throws.
    ~Errors() override {
        EXPECT_EQ(test::first_difference(test::values_of(array_.view()), before_), -1) << "something was written";
    }

    km::Grid<Cell> theta() { return part(0); }
    km::Grid<Cell> omega() { return part(1); }
    km::Grid<Cell> rate() { return part(2); }
    km::Grid<Cell> all() { return array_; }

  private:
    km::Grid<Cell> part(std::ptrdiff_t k) { return array_.subgrid(k * rows, 0, rows, cols); }

    km::Field<Cell> array_;
    std::vector<Cell> before_;
};

using Settings = ::testing::Types<FloatSerial, DoubleFused, FloatOpenMP, DoublePool>;
TYPED_TEST_SUITE(Errors, Settings);

constexpr km::SineLaplacian sine{.K = 0.5};
constexpr km::Euler euler{.dt = 0.1};

} // namespace

TYPED_TEST(Errors, ShapesThatDiffer) {
    const auto& policy = TypeParam::policy;
    const auto narrow = this->rate().subgrid(0, 0, 6, 7);
    const auto low = this->rate().subgrid(0, 0, 5, 8);
    for (const auto& wrong : {narrow, low, narrow.transposed()}) {
        const std::string shape = std::to_string(wrong.rows()) + " x " + std::to_string(wrong.cols());
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "6 x 8", "rate", shape.c_str()),
                     km::apply(policy, sine, this->theta(), wrong));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "6 x 8", "rate", shape.c_str()),
                     km::rate(policy, km::Model{sine, 0.0}, this->theta(), wrong));
        const km::Model model{sine, wrong};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "6 x 8", "omega", shape.c_str()),
                     km::rate(policy, model, this->theta(), this->rate()));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "6 x 8", "omega", shape.c_str()),
                     km::advance(policy, euler, model, this->theta(), 3));
    }
}

// Also where there is nothing to do, an error is one: no cells, no steps.
TYPED_TEST(Errors, ShapesThatDifferThoughBothAreEmpty) {
    const auto& policy = TypeParam::policy;
    const auto flat = this->theta().subgrid(0, 0, 0, 8);
    const auto thin = this->theta().subgrid(0, 0, 6, 0);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "0 x 8", "rate", "6 x 0"),
                 km::apply(policy, sine, flat, thin));
    const km::Model model{sine, thin};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("0 x 8", "omega", "6 x 0"),
                 km::advance(policy, euler, model, flat, 0));
}

TYPED_TEST(Errors, RateOverTheta) {
    const auto& policy = TypeParam::policy;
    const auto in = this->all().subgrid(2, 0, 6, 8);
    const km::Model model{sine, 0.5};
    const km::Grid<const typename TypeParam::T> same = in;
    for (const auto& out : {in, this->all().subgrid(7, 0, 6, 8), this->all().subgrid(0, 0, 6, 8)}) {
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "theta", "overlap"), km::apply(policy, sine, same, out));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "theta", "overlap"), km::rate(policy, model, same, out));
    }
}

TYPED_TEST(Errors, RateOverOmega) {
    const km::Model model{sine, this->omega()};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "omega", "overlap"),
                 km::rate(TypeParam::policy, model, this->theta(), this->omega()));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "omega", "overlap"),
                 km::rate(TypeParam::policy, model, this->theta(), this->all().subgrid(11, 0, 6, 8)));
}

TYPED_TEST(Errors, ThetaOverOmega) {
    for (const auto& theta : {this->omega(), this->all().subgrid(11, 0, 6, 8), this->all().subgrid(1, 0, 6, 8)}) {
        const km::Model model{sine, this->omega()};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "omega", "overlap"),
                     km::advance(TypeParam::policy, euler, model, theta, 3));
    }
}

TYPED_TEST(Errors, AWritableViewOverItself) {
    using T = typename TypeParam::T;
    const auto& policy = TypeParam::policy;
    const km::Grid<T> repeated(this->rate().data(), 6, 8, 7, 1);
    const km::Grid<T> one_row(this->rate().data(), 6, 8, 0, 1);
    for (const auto& out : {repeated, one_row}) {
        const std::string stride = "row_stride = " + std::to_string(out.row_stride());
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "overlaps itself", stride.c_str(), "col_stride = 1"),
                     km::apply(policy, sine, this->theta(), out));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "overlaps itself", stride.c_str()),
                     km::rate(policy, km::Model{sine, 0.5}, this->theta(), out));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "overlaps itself", stride.c_str()),
                     km::advance(policy, euler, km::Model{sine, 0.5}, out, 3));
    }
}

TYPED_TEST(Errors, TimeStepsThatAreNone) {
    const km::Model model{sine, this->omega()};
    const auto advance = [&](double dt) {
        km::advance(TypeParam::policy, km::Euler{.dt = dt}, model, this->theta(), 3);
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "positive", "0"), advance(0.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "positive", "0"), advance(-0.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "positive", "-0.25"), advance(-0.25));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "finite", "nan"), advance(not_a_number));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "finite", "inf"), advance(infinity));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "finite", "-inf"), advance(-infinity));
    if constexpr (sizeof(typename TypeParam::T) == 4) {
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "1e-50", "small"), advance(1e-50));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "1e+50", "large"), advance(1e50));
    }
}

// Also for no steps, and on a grid without cells.
TYPED_TEST(Errors, ComeFirstEvenIfThereIsNothingToDo) {
    using T = typename TypeParam::T;
    const auto& policy = TypeParam::policy;
    const km::Model model{sine, 0.5};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "-1"),
                 km::advance(policy, km::Euler{.dt = -1}, model, this->theta(), 0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "nan"),
                 km::advance(policy, km::Euler{.dt = not_a_number}, model, km::Grid<T>(), 3));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-1"),
                 km::advance(policy, euler, model, km::Grid<T>(), -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K", "nan"),
                 km::apply(policy, km::SineLaplacian{.K = not_a_number}, km::Grid<T>(), km::Grid<T>()));
}

TYPED_TEST(Errors, CouplingStrengthsThatAreNoNumbers) {
    const auto& policy = TypeParam::policy;
    const auto refuse = [&](double K, const char* why, const char* value) {
        const km::SineLaplacian laplacian{.K = K};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K", why, value),
                     km::apply(policy, laplacian, this->theta(), this->rate()));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K", why, value),
                     km::rate(policy, km::Model{laplacian, 0.5}, this->theta(), this->rate()));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K", why, value),
                     km::advance(policy, euler, km::Model{laplacian, this->omega()}, this->theta(), 3));
    };
    refuse(not_a_number, "finite", "nan");
    refuse(-not_a_number, "finite", "nan");
    refuse(infinity, "finite", "inf");
    refuse(-infinity, "finite", "-inf");
    if constexpr (sizeof(typename TypeParam::T) == 4) {
        refuse(1e39, "large", "1e+39");
        refuse(-1e300, "large", "-1e+300");
    }
}

TYPED_TEST(Errors, FrequenciesThatAreNoNumbers) {
    const auto refuse = [&](double omega, const char* why, const char* value) {
        const km::Model model{sine, omega};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega", why, value),
                     km::rate(TypeParam::policy, model, this->theta(), this->rate()));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega", why, value),
                     km::advance(TypeParam::policy, euler, model, this->theta(), 3));
    };
    refuse(not_a_number, "finite", "nan");
    refuse(infinity, "finite", "inf");
    refuse(-infinity, "finite", "-inf");
    if constexpr (sizeof(typename TypeParam::T) == 4) refuse(1e39, "large", "1e+39");
}

TYPED_TEST(Errors, CountsThatAreNegative) {
    const km::Model model{sine, 0.5};
    const auto& policy = TypeParam::policy;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "negative", "-1"),
                 km::advance(policy, euler, model, this->theta(), -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "negative", "-9223372036854775808"),
                 km::advance(policy, euler, model, this->theta(), std::numeric_limits<std::int64_t>::min()));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step", "negative", "-7"),
                 km::advance(policy, euler, model, this->theta(), 3, -7));
}

// A coupling of a user's own goes through the same checks.
TYPED_TEST(Errors, OfAUsersOwnCoupling) {
    const km::Laplacian<test::Skewed> laplacian{.K = not_a_number, .coupling = {}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K", "nan"),
                 km::apply(TypeParam::policy, laplacian, this->theta(), this->rate()));
}

namespace {

// Calls every algorithm with a policy that cannot be.
template <class P, class T>
void expect_refused(const P& policy, const km::Field<T>& start, std::initializer_list<std::string> parts) {
    km::Field<T> theta = start;
    km::Field<T> rate = start;
    const km::Model model{sine, 0.5};
    EXPECT_TRUE(test::throws<std::invalid_argument>(parts, [&] { km::apply(policy, sine, theta, rate); }));
    EXPECT_TRUE(test::throws<std::invalid_argument>(parts, [&] { km::rate(policy, model, theta, rate); }));
    EXPECT_TRUE(test::throws<std::invalid_argument>(parts, [&] { km::advance(policy, euler, model, theta, 3); }));
    EXPECT_TRUE(test::throws<std::invalid_argument>(parts, [&] { km::advance(policy, euler, model, theta, 0); }));
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), test::values_of(start.view())), -1);
    EXPECT_EQ(test::first_difference(test::values_of(rate.view()), test::values_of(start.view())), -1);
}

km::Field<double> some_phases() {
    km::Field<double> field(5, 9);
    test::fill_distinct(field.view(), 8);
    return field;
}

} // namespace

TEST(PolicyErrors, NegativeThreads) {
    expect_refused(km::OpenMP{.threads = -1}, some_phases(), {"threads", "negative", "-1"});
    expect_refused(km::OpenMP{.threads = std::numeric_limits<int>::min()}, some_phases(), {"threads", "-2147483648"});
}

TEST(PolicyErrors, NegativeDepth) {
    expect_refused(km::Fused{.depth = -1}, some_phases(), {"depth", "negative", "-1"});
    expect_refused(km::OpenMP{.depth = -5}, some_phases(), {"depth", "negative", "-5"});
    expect_refused(test::Pool{.depth = -6}, some_phases(), {"depth", "negative", "-6"});
}

TEST(PolicyErrors, FewerThanOneCellAThread) {
    expect_refused(km::OpenMP{.min_cells_per_thread = 0}, some_phases(), {"min_cells_per_thread", "at least 1", "0"});
    expect_refused(km::OpenMP{.min_cells_per_thread = -7}, some_phases(), {"min_cells_per_thread", "at least 1", "-7"});
}

// A policy whose numbers are wider than the library's, as a user may write it.
struct WidePolicy {
    std::size_t depth = 0;
    std::size_t workers = 1;
    template <class Task> void run(int count, const Task& task) const {
        for (int i = 0; i < count; ++i) task(i);
    }
    std::size_t concurrency() const { return workers; }
};

TEST(PolicyErrors, NumbersBeyondAnIntAreCutOffAndNotTurnedRound) {
    km::Field<double> expected = some_phases();
    const km::Model model{km::SineLaplacian{.K = 1.0}, 0.0};
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, model, expected, 3);
    for (const std::size_t huge : {std::size_t{1} << 31, (std::size_t{1} << 32) + 1, ~std::size_t{0}}) {
        km::Field<double> theta = some_phases();
        km::advance(WidePolicy{.depth = huge, .workers = huge}, km::Euler{.dt = 0.1}, model, theta, 3);
        EXPECT_EQ(test::first_difference(test::values_of(theta.view()), test::values_of(expected.view())), -1);
    }
    EXPECT_EQ(km::detail::Execution(WidePolicy{.depth = ~std::size_t{0}}).depth, 1024);
    EXPECT_EQ(km::detail::Execution(WidePolicy{.workers = ~std::size_t{0}}).concurrency, 1024);
#if defined(_OPENMP)
    EXPECT_EQ(km::detail::Execution(km::OpenMP{.threads = 20000}).concurrency, 1024);
#endif
    expect_refused(WidePolicy{.workers = 0}, some_phases(), {"concurrency()", "at least 1", "0"});
}

TEST(PolicyErrors, APolicyOfNobody) {
    expect_refused(test::Pool{.workers = 0}, some_phases(), {"concurrency()", "at least 1", "0"});
    expect_refused(test::Pool{.workers = -4}, some_phases(), {"concurrency()", "at least 1", "-4"});
}

TEST(PolicyErrors, AnInstructionSetThatIsNotThere) {
    const auto nowhere = static_cast<km::Isa>(42);
    expect_refused(km::Serial{.isa = nowhere}, some_phases(), {"isa", "not available"});
    expect_refused(km::Fused{.isa = nowhere}, some_phases(), {"isa", "not available"});
    expect_refused(km::OpenMP{.isa = nowhere}, some_phases(), {"isa", "not available"});
    for (const km::Isa isa : {km::Isa::avx2, km::Isa::avx512})
        if (!km::is_supported(isa)) expect_refused(km::Fused{.isa = isa}, some_phases(), {"isa", km::name(isa)});
}

TEST(ExtentErrors, NegativeExtents) {
    float cell = 0;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "negative", "-1"), km::Field<float>(unseen(-1), unseen(5)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "negative", "-2"), km::Field<double>(unseen(5), unseen(-2)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "negative", "-3"), km::Field<double>(unseen(-3), unseen(0)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "negative", "-4"), km::Field<double>(unseen(0), unseen(-4)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "negative", "-1"), km::Grid<float>(&cell, -1, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "negative", "-1"), km::Grid<float>(&cell, 1, -1, 1, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "-9223372036854775808"),
                 km::Grid<const float>(&cell, most_negative, 1));
}

TEST(ExtentErrors, ExtentsThatOverflow) {
    const std::ptrdiff_t half = unseen(std::ptrdiff_t{1} << 32U);
    EXPECT_ERROR(std::length_error, TEST_PARTS("rows x cols", "4294967296 x 4294967296"), km::Field<float>(half, half));
    EXPECT_ERROR(std::length_error, TEST_PARTS("rows x cols", "9223372036854775807 x 1"), km::Field<float>(longest, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("1 x 9223372036854775807"), km::Field<double>(1, longest));
    EXPECT_ERROR(std::length_error, TEST_PARTS("2305843009213693952 x 1"), km::Field<float>(longest / 4 + 1, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("4294967296 x 4294967296"), km::Grid<double>(nullptr, half, half));
}

// rows · cols = 0 hides an overflow that the next resize or transposition would meet.
TEST(ExtentErrors, ExtentsThatOverflowThoughTheOtherIsZero) {
    EXPECT_ERROR(std::length_error, TEST_PARTS("0 x 9223372036854775807"), km::Field<float>(0, longest));
    EXPECT_ERROR(std::length_error, TEST_PARTS("9223372036854775807 x 0"), km::Field<double>(longest, 0));
    EXPECT_ERROR(std::length_error, TEST_PARTS("0 x 9223372036854775807"), km::Grid<float>(nullptr, 0, longest));
    EXPECT_NO_THROW(km::Field<float>(0, longest / 4));
    EXPECT_NO_THROW(km::Field<double>(longest / 8, 0));
}

TEST(ExtentErrors, StridesThatLeaveTheAddressSpace) {
    float cell = 0;
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = 9223372036854775807", "col_stride = 1"),
                 km::Grid<float>(&cell, 3, 2, longest, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = -9223372036854775808"),
                 km::Grid<float>(&cell, 2, 2, most_negative, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("col_stride = -9223372036854775808"),
                 km::Grid<float>(&cell, 2, 2, 1, most_negative));
    EXPECT_ERROR(std::length_error, TEST_PARTS("col_stride = 2305843009213693952"),
                 km::Grid<float>(&cell, 1, 2, 1, longest / 4 + 1));
    // Far beyond: the distances themselves, and their sum, overflow.
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = 1", "col_stride = -9223372036854775808", "2 x 3"),
                 km::Grid<float>(&cell, 2, 3, 1, most_negative));
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = -9223372036854775808", "col_stride = 1", "3 x 2"),
                 km::Grid<float>(&cell, 3, 2, most_negative, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("col_stride = 9223372036854775807", "1 x 4"),
                 km::Grid<const float>(&cell, 1, 4, 1, longest));
    EXPECT_ERROR(std::length_error,
                 TEST_PARTS("row_stride = -9223372036854775808", "col_stride = -9223372036854775808", "2 x 2"),
                 km::Grid<float>(&cell, 2, 2, most_negative, most_negative));
    // A stride that is never taken cannot be too long.
    EXPECT_NO_THROW(km::Grid<float>(&cell, 1, 1, longest, most_negative));
}

TEST(ExtentErrors, ScratchLargerThanTheAddressSpace) {
    EXPECT_ERROR(std::length_error, TEST_PARTS("scratch of 9223372036854775807 elements"),
                 km::detail::Buffer<double>(unseen(longest)));
    // 2^64 bytes: none modulo 2^64.
    EXPECT_ERROR(std::length_error, TEST_PARTS("scratch of 4611686018427387904 elements"),
                 km::detail::Buffer<float>(unseen(std::ptrdiff_t{1} << 62U)));
    EXPECT_ERROR(std::length_error, TEST_PARTS("scratch of -1 elements"), km::detail::Buffer<char>(unseen(-1)));
    EXPECT_NO_THROW(km::detail::Buffer<float>(0));
}

TEST(ExtentErrors, CellsAtNoAddress) {
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("data", "null", "3 x 4"), km::Grid<float>(nullptr, 3, 4));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("data", "null", "1 x 1"),
                 km::Grid<const double>(nullptr, 1, 1, 5, 5));
    EXPECT_NO_THROW(km::Grid<float>(nullptr, 0, 4));
    EXPECT_NO_THROW(km::Grid<float>(nullptr, 4, 0));
}

TEST(ExtentErrors, WindowsThatStickOut) {
    km::Field<float> field(6, 8);
    const km::Grid<float> grid = field;
    const auto refuse = [&](std::ptrdiff_t row, std::ptrdiff_t col, std::ptrdiff_t rows, std::ptrdiff_t cols) {
        const std::string shape = std::to_string(rows) + " x " + std::to_string(cols);
        const std::string place = "(" + std::to_string(row) + ", " + std::to_string(col) + ")";
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(shape.c_str(), place.c_str(), "6 x 8"),
                     static_cast<void>(grid.subgrid(row, col, rows, cols)));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(shape.c_str(), place.c_str(), "6 x 8"),
                     static_cast<void>(field.subgrid(row, col, rows, cols)));
    };
    refuse(-1, 0, 2, 2);
    refuse(0, -1, 2, 2);
    refuse(0, 0, -1, 2);
    refuse(0, 0, 2, -1);
    refuse(0, 0, 7, 8);
    refuse(0, 0, 6, 9);
    refuse(5, 0, 2, 1);
    refuse(0, 7, 1, 2);
    refuse(7, 0, 0, 0);
    refuse(0, 9, 0, 0);
    refuse(1, 1, longest, 1);
    refuse(1, 1, 1, longest);
    refuse(longest, longest, longest, longest);
    EXPECT_NO_THROW(static_cast<void>(grid.subgrid(6, 8, 0, 0)));
}

#if KURAMOTO_CHECK_INDICES
TEST(IndexErrors, OutsideTheGrid) {
    km::Field<float> field(3, 4);
    const km::Field<float>& fixed = field;
    const km::Grid<float> grid = field;
    const auto refuse = [&](std::ptrdiff_t i, std::ptrdiff_t j, std::initializer_list<std::string> parts) {
        EXPECT_TRUE(test::throws<std::out_of_range>(parts, [&] { static_cast<void>(grid(i, j)); }));
        EXPECT_TRUE(test::throws<std::out_of_range>(parts, [&] { static_cast<void>(field(i, j)); }));
        EXPECT_TRUE(test::throws<std::out_of_range>(parts, [&] { static_cast<void>(fixed(i, j)); }));
    };
    refuse(3, 0, {"row", "[0, 3)", "3"});
    refuse(-1, 0, {"row", "[0, 3)", "-1"});
    refuse(0, 4, {"column", "[0, 4)", "4"});
    refuse(2, -2, {"column", "[0, 4)", "-2"});
    EXPECT_NO_THROW(static_cast<void>(grid(2, 3)));
    static_assert(!noexcept(grid(0, 0)));
}
#else
TEST(IndexErrors, AreNotLookedForInReleaseBuilds) {
    const km::Grid<float> grid;
    static_assert(noexcept(grid(0, 0)));
}
#endif

// A host program may have a locale with a decimal comma, or with a sign of several bytes.
TEST(Messages, HaveAPointInEveryLocale) {
    EXPECT_EQ(km::detail::with_point("-0,1", ","), "-0.1");
    EXPECT_EQ(km::detail::with_point("1\u066b5e-07", "\u066b"), "1.5e-07");
    EXPECT_EQ(km::detail::with_point("2.5", "."), "2.5");
    EXPECT_EQ(km::detail::with_point("12", ","), "12");
    EXPECT_EQ(km::detail::text(-0.1), "-0.1");
}
