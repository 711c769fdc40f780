// What the algorithms and policies refuse: the type of the error, the argument and its value in the message, and that
// nothing was written before. Also under -Ofast, where comparisons with NaN and infinity are not to be trusted.

#include "support/baseline_kernels.hpp"

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

// A host program may have a locale with a decimal comma, or with a sign of several bytes.
TEST(Messages, HaveAPointInEveryLocale) {
    EXPECT_EQ(km::detail::with_point("-0,1", ","), "-0.1");
    EXPECT_EQ(km::detail::with_point("1\u066b5e-07", "\u066b"), "1.5e-07");
    EXPECT_EQ(km::detail::with_point("2.5", "."), "2.5");
    EXPECT_EQ(km::detail::with_point("12", ","), "12");
    EXPECT_EQ(km::detail::text(-0.1), "-0.1");
}
