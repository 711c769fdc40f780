// What the seeded initial fields refuse, before any cell is written; and the largest parameters that they accept.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/openmp.hpp>

#include "support/random_fields.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr std::uint64_t seed = test::random_seed;

template <class T> class RandomFieldErrorsOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RandomFieldErrorsOf, CellTypes);

/// Calls `make` on a field and expects std::invalid_argument with these words in it, and no cell written.
template <class T, class Make> void expect_refusal(const Make& make, const std::vector<std::string>& words) {
    km::Field<T> field(3, 4);
    field.fill(T(-7));
    std::string message;
    try {
        make(field);
        ADD_FAILURE() << "nothing thrown; expected " << words.front();
    } catch (const std::invalid_argument& error) {
        message = error.what();
    }
    for (const std::string& word : words)
        EXPECT_NE(message.find(word), std::string::npos) << "no '" << word << "' in '" << message << "'";
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], T(-7)) << message;
}

TYPED_TEST(RandomFieldErrorsOf, RefuseParametersThatAreNotFinite) {
    using T = TypeParam;
    const struct {
        double value;
        const char* text;
    } cases[] = {{test::number<double>("nan"), "nan"},
                 {test::number<double>("inf"), "inf"},
                 {test::number<double>("-inf"), "-inf"}};
    for (const auto& wrong : cases) {
        const double x = wrong.value;
        const std::string text = wrong.text;
        expect_refusal<T>([x](auto& f) { km::uniform_frequencies(f, x, 1, seed); }, {"low", text});
        expect_refusal<T>([x](auto& f) { km::uniform_frequencies(f, 0, x, seed); }, {"high", text});
        expect_refusal<T>([x](auto& f) { km::normal_frequencies(f, x, 1, seed); }, {"mean", text});
        expect_refusal<T>([x](auto& f) { km::normal_frequencies(f, 0, x, seed); }, {"deviation", text});
        expect_refusal<T>([x](auto& f) { km::lorentzian_frequencies(f, x, 1, seed); }, {"centre", text});
        expect_refusal<T>([x](auto& f) { km::lorentzian_frequencies(f, 0, x, seed); }, {"half_width", text});
        expect_refusal<T>([x](auto& f) { km::normal_phases(f, x, 1, seed); }, {"mean", text});
        expect_refusal<T>([x](auto& f) { km::normal_phases(f, 0, x, seed); }, {"deviation", text});
        expect_refusal<T>([x](auto& f) { km::truncated_lorentzian_frequencies(f, x, 1, 1, seed); }, {"centre", text});
        expect_refusal<T>([x](auto& f) { km::truncated_lorentzian_frequencies(f, 0, x, 1, seed); },
                          {"half_width", text});
        expect_refusal<T>([x](auto& f) { km::truncated_lorentzian_frequencies(f, 0, 1, x, seed); }, {"cut", text});
        expect_refusal<T>([x](auto& f) { km::mixed_frequencies(f, x, 1, 0.5, seed); }, {"first", text});
        expect_refusal<T>([x](auto& f) { km::mixed_frequencies(f, 0, x, 0.5, seed); }, {"second", text});
        expect_refusal<T>([x](auto& f) { km::mixed_frequencies(f, 0, 1, x, seed); }, {"share", text});
    }
}

TYPED_TEST(RandomFieldErrorsOf, RefuseParametersThatAreOutOfOrder) {
    using T = TypeParam;
    expect_refusal<T>([](auto& f) { km::uniform_frequencies(f, 2.5, 1.5, seed); }, {"low", "2.5", "high", "1.5"});
    expect_refusal<T>([](auto& f) { km::normal_frequencies(f, 0, -0.25, seed); }, {"deviation", "-0.25"});
    expect_refusal<T>([](auto& f) { km::lorentzian_frequencies(f, 0, -0.25, seed); }, {"half_width", "-0.25"});
    expect_refusal<T>([](auto& f) { km::normal_phases(f, 0, -0.25, seed); }, {"deviation", "-0.25"});
    expect_refusal<T>([](auto& f) { km::truncated_lorentzian_frequencies(f, 0, -0.25, 1, seed); },
                      {"half_width", "-0.25"});
    expect_refusal<T>([](auto& f) { km::truncated_lorentzian_frequencies(f, 0, 1, -0.25, seed); }, {"cut", "-0.25"});
    expect_refusal<T>([](auto& f) { km::mixed_frequencies(f, 0, 1, -0.25, seed); }, {"share", "-0.25"});
    expect_refusal<T>([](auto& f) { km::mixed_frequencies(f, 0, 1, 1.25, seed); }, {"share", "1.25"});
}

TEST(RandomFieldErrors, RefuseParametersThatTheCellsCannotHold) {
    expect_refusal<float>([](auto& f) { km::uniform_frequencies(f, -1e39, 0, seed); }, {"low", "-1e+39"});
    expect_refusal<float>([](auto& f) { km::uniform_frequencies(f, 0, 1e39, seed); }, {"high", "1e+39"});
    expect_refusal<float>([](auto& f) { km::normal_frequencies(f, 1e39, 1, seed); }, {"mean", "1e+39"});
    expect_refusal<float>([](auto& f) { km::normal_frequencies(f, 0, 1e39, seed); }, {"deviation", "1e+39"});
    expect_refusal<float>([](auto& f) { km::lorentzian_frequencies(f, 1e39, 1, seed); }, {"centre", "1e+39"});
    expect_refusal<float>([](auto& f) { km::lorentzian_frequencies(f, 0, 1e39, seed); }, {"half_width", "1e+39"});
    // Parameters that fit, and values that would not.
    expect_refusal<float>([](auto& f) { km::normal_frequencies(f, 1, 1e38, seed); },
                          {"deviation", "1e+38", "mean", "1"});
    expect_refusal<float>([](auto& f) { km::lorentzian_frequencies(f, 1, 1e23, seed); }, {"half_width", "1e+23"});
    expect_refusal<double>([](auto& f) { km::normal_frequencies(f, 0, 1e308, seed); }, {"deviation", "1e+308"});
    expect_refusal<double>([](auto& f) { km::lorentzian_frequencies(f, 0, 1e300, seed); }, {"half_width", "1e+300"});
    expect_refusal<float>([](auto& f) { km::normal_phases(f, 1, 1e38, seed); }, {"deviation", "1e+38", "mean", "1"});
    expect_refusal<float>([](auto& f) { km::mixed_frequencies(f, 0, 1e39, 0.5, seed); }, {"second", "1e+39"});
    for (const double centre : {3e38, -3e38})
        expect_refusal<float>([=](auto& f) { km::truncated_lorentzian_frequencies(f, centre, 1, 1e38, seed); },
                              {"cut = 1e+38", "3e+38"});
    // Only the largest values would not fit, or only the smallest.
    for (const double sign : {1.0, -1.0}) {
        const auto words = [sign](const char* scale, const char* centre) {
            return std::vector<std::string>{scale, sign < 0 ? std::string("-") + centre : centre};
        };
        expect_refusal<float>([=](auto& f) { km::normal_frequencies(f, sign * 3e38, 1e37, seed); },
                              words("deviation = 1e+37", "3e+38"));
        expect_refusal<float>([=](auto& f) { km::lorentzian_frequencies(f, sign * 3e38, 1e23, seed); },
                              words("half_width = 1e+23", "3e+38"));
        expect_refusal<double>([=](auto& f) { km::normal_frequencies(f, sign * 1.5e308, 1e307, seed); },
                               words("deviation = 1e+307", "1.5e+308"));
        expect_refusal<double>([=](auto& f) { km::lorentzian_frequencies(f, sign * 1.5e308, 1e292, seed); },
                               words("half_width = 1e+292", "1.5e+308"));
    }
    expect_refusal<double>([](auto& f) { km::uniform_frequencies(f, -1e308, 1e308, seed); },
                           {"low", "-1e+308", "high"});
}

TYPED_TEST(RandomFieldErrorsOf, AcceptTheLargestParametersThatFit) {
    using T = TypeParam;
    const double largest = static_cast<double>(std::numeric_limits<T>::max());
    km::Field<T> omega(40, 50);
    const auto all_fit = [&omega] {
        int fitting = 0;
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k)
            fitting += km::detail::fits<T>(static_cast<double>(omega.data()[k]));
        return fitting == omega.size();
    };
    km::normal_frequencies(omega, 0, largest / 8.3, seed);
    EXPECT_TRUE(all_fit());
    km::lorentzian_frequencies(omega, 0, largest / 5.74e15, seed);
    EXPECT_TRUE(all_fit());
    km::truncated_lorentzian_frequencies(omega, 0, largest, largest, seed);
    EXPECT_TRUE(all_fit());
    km::uniform_frequencies(omega, 0, largest, seed);
    EXPECT_TRUE(all_fit());
    km::uniform_frequencies(omega, -largest / 2, largest / 2, seed);
    EXPECT_TRUE(all_fit());
}

TYPED_TEST(RandomFieldErrorsOf, RefuseAPolicyThatCannotBe) {
    km::Field<TypeParam> field(3, 5);
    test::for_each_random_field([&](const auto& kind) {
        EXPECT_THROW(kind.fill(seed, km::OpenMP{.threads = -1}, field), std::invalid_argument);
        EXPECT_THROW(kind.fill(seed, km::OpenMP{.min_cells_per_thread = 0}, field), std::invalid_argument);
    });
    for (std::ptrdiff_t i = 0; i < 3; ++i)
        for (std::ptrdiff_t j = 0; j < 5; ++j) EXPECT_EQ(field(i, j), 0);
}

TYPED_TEST(RandomFieldErrorsOf, RefuseViewsThatCannotBeFilled) {
    using T = TypeParam;
    T cells[4] = {T(-7), T(-7), T(-7), T(-7)};
    const km::Grid<T> overlapping(cells, 2, 2, 1, 1);
    const km::Grid<T> endless(cells, 1, (std::ptrdiff_t{1} << 57) + 2); // never touched: refused first
    test::for_each_random_field([&](const auto& kind) {
        const std::string name = kind.argument;
        const auto expect_words = [&](const km::Grid<T>& view, const std::string& value) {
            try {
                kind.fill(seed, view);
                ADD_FAILURE() << "nothing thrown";
            } catch (const std::invalid_argument& error) {
                EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
                EXPECT_NE(std::string(error.what()).find(value), std::string::npos) << error.what();
            }
        };
        expect_words(overlapping, "row_stride = 1");
        expect_words(endless, "144115188075855874");
    });
    for (const T cell : cells) EXPECT_EQ(cell, T(-7));
}

template <class G>
concept CanHoldPhases = requires(G grid) { km::uniform_phases(grid, seed); };

TEST(RandomFieldErrors, AreForWritableGridsOnly) {
    static_assert(CanHoldPhases<km::Field<float>&> && CanHoldPhases<km::Grid<double>> &&
                  CanHoldPhases<const km::Grid<float>&>);
    static_assert(!CanHoldPhases<const km::Field<float>&> && !CanHoldPhases<km::Grid<const double>> &&
                  !CanHoldPhases<std::vector<float>&>);
}

} // namespace
