// Sums over cells: partial sums in any order and of any cut give the same bits; against long double and exact sums; NaN
// and infinities; the largest counts; and that shuffled cells give the same observables.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class OrderFreeSums : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(OrderFreeSums, Precisions);

/// The numbers in another order.
template <class T> std::vector<T> shuffled(std::vector<T> numbers, unsigned seed) {
    std::mt19937 random(seed);
    for (std::size_t k = numbers.size(); k > 1; --k) std::swap(numbers[k - 1], numbers[random() % k]);
    return numbers;
}

/// The sum of shuffled numbers, cut at random into pieces of at most 1024, whose sums are joined in a random order.
template <class Sum, class T, class Add>
Sum joined_at_random(const std::vector<T>& numbers, unsigned seed, const Add& add) {
    const std::vector<T> in_order = shuffled(numbers, seed);
    std::mt19937 random(seed + 1);
    std::vector<Sum> parts;
    for (std::size_t first = 0; first < in_order.size();) {
        const std::size_t left = in_order.size() - first;
        const std::size_t count = std::min<std::size_t>(left, random() % 4 == 0 ? 1024 : 1 + random() % 300);
        // A copy of its own: reading past the count is an error that sanitizers see.
        const std::vector<T> piece(in_order.begin() + static_cast<std::ptrdiff_t>(first),
                                   in_order.begin() + static_cast<std::ptrdiff_t>(first + count));
        if (parts.empty() || random() % 3 == 0) parts.emplace_back();
        add(piece.data(), static_cast<std::ptrdiff_t>(count), parts.back());
        first += count;
    }
    Sum sum{};
    for (const Sum& part : shuffled(parts, seed + 2)) sum += part;
    return sum;
}

template <class T> std::vector<T> phases_of(std::ptrdiff_t count) {
    std::vector<T> phases;
    for (std::ptrdiff_t k = 0; k < count; ++k) phases.push_back(test::distinct_value<T>(k, 21) * T(3));
    return phases;
}

/// Numbers of both signs from 2^-exponents to 2^exponents, none twice.
template <class T> std::vector<T> numbers_of(std::ptrdiff_t count, int exponents) {
    std::vector<T> numbers;
    for (std::ptrdiff_t k = 0; k < count; ++k)
        numbers.push_back(
            std::ldexp(test::distinct_value<T>(k, 22), static_cast<int>(k % (2 * exponents)) - exponents));
    return numbers;
}

template <class T> void expect_near(double found, long double exact, long double error, const T& what) {
    EXPECT_LE(std::fabs(static_cast<long double>(found) - exact), error) << what << ": " << found;
}

// Bits are not promised under -ffast-math.
#if !defined(__FAST_MATH__)
TYPED_TEST(OrderFreeSums, OfPhasorsHaveTheSameBitsInAnyOrder) {
    using T = TypeParam;
    using Sum = km::detail::MeanPhasorSum<T>;
    for (const km::Isa isa : test::supported_isas())
        for (const std::ptrdiff_t count : {1, 7, 1023, 4321}) {
            const std::vector<T> phases = phases_of<T>(count);
            const auto add = km::detail::mean_function<T>(isa);
            const auto add_fine = km::detail::add_phasors_function<T>(isa);
            const km::detail::Phasor mean = joined_at_random<Sum>(phases, 1, add).mean(count);
            const km::detail::Phasor fine =
                joined_at_random<km::detail::FinePhasorSum>(phases, 1, add_fine).mean(count);
            for (unsigned seed = 2; seed < 12; ++seed) {
                const km::detail::Phasor other = joined_at_random<Sum>(phases, seed, add).mean(count);
                EXPECT_TRUE(test::same_bits(other.real, mean.real)) << count << ", seed " << seed;
                EXPECT_TRUE(test::same_bits(other.imaginary, mean.imaginary)) << count << ", seed " << seed;
                const auto other_fine = joined_at_random<km::detail::FinePhasorSum>(phases, seed, add_fine).mean(count);
                EXPECT_TRUE(test::same_bits(other_fine.real, fine.real)) << count << ", seed " << seed;
                EXPECT_TRUE(test::same_bits(other_fine.imaginary, fine.imaginary)) << count << ", seed " << seed;
            }
        }
}

TYPED_TEST(OrderFreeSums, OfAnyNumbersHaveTheSameBitsInAnyOrder) {
    using T = TypeParam;
    using Sum = km::detail::BinnedSum;
    for (const km::Isa isa : test::supported_isas())
        for (const int exponents : {1, 60, sizeof(T) == 4 ? 120 : 490}) {
            const std::vector<T> numbers = numbers_of<T>(3001, exponents);
            const auto add = km::detail::number_sum_function<false, T>(isa);
            const auto add_numbers = [&](const T* from, std::ptrdiff_t count, Sum& sum) { add(from, count, {}, sum); };
            const double expected = joined_at_random<Sum>(numbers, 1, add_numbers).value();
            EXPECT_NE(expected, 0);
            for (unsigned seed = 2; seed < 12; ++seed)
                EXPECT_TRUE(test::same_bits(joined_at_random<Sum>(numbers, seed, add_numbers).value(), expected))
                    << exponents << ", seed " << seed;
            // Numbers are rounded alike by every instruction set.
            Sum baseline;
            for (const T& number : numbers)
                km::detail::number_sum_function<false, T>(km::Isa::baseline)(&number, 1, {}, baseline);
            EXPECT_TRUE(test::same_bits(baseline.value(), expected)) << exponents;
        }
}
#endif

TYPED_TEST(OrderFreeSums, AgreeWithLongDouble) {
    using T = TypeParam;
    for (const km::Isa isa : test::supported_isas())
        for (const std::ptrdiff_t count : {1, 15, 1024}) {
            const std::vector<T> phases = phases_of<T>(count);
            long double real = 0;
            long double imaginary = 0;
            for (const T phase : phases) {
                real += std::cos(static_cast<long double>(phase));
                imaginary += std::sin(static_cast<long double>(phase));
            }
            km::detail::MeanPhasorSum<T> sum;
            km::detail::mean_function<T>(isa)(phases.data(), count, sum);
            const auto cells = static_cast<long double>(count);
            const long double error = sizeof(T) == 4 ? 2e-7L : 1e-15L;
            expect_near(sum.real.value(), real, error * cells, "Σ cos");
            expect_near(sum.imaginary.value(), imaginary, error * cells, "Σ sin");
            km::detail::FinePhasorSum fine;
            km::detail::add_phasors_function<T>(isa)(phases.data(), count, fine);
            expect_near(fine.real.value(), real, 2.5e-16L * cells, "fine Σ cos");
            expect_near(fine.imaginary.value(), imaginary, 2.5e-16L * cells, "fine Σ sin");

            for (const int exponents : {1, 30}) {
                const std::vector<T> numbers = numbers_of<T>(count, exponents);
                long double total = 0;
                long double sizes = 0;
                long double squares = 0;
                for (const T number : numbers) {
                    const long double apart = static_cast<long double>(number) - 0.75L;
                    total += apart;
                    sizes += std::fabs(apart);
                    squares += apart * apart;
                }
                km::detail::BinnedSum numbers_sum;
                km::detail::BinnedSum squares_sum;
                const km::detail::Origin origin{0.5, 0.25};
                km::detail::number_sum_function<false, T>(isa)(numbers.data(), count, origin, numbers_sum);
                km::detail::number_sum_function<true, T>(isa)(numbers.data(), count, origin, squares_sum);
                expect_near(numbers_sum.value(), total, 4e-16L * sizes, "Σ x");
                expect_near(squares_sum.value(), squares, 1e-15L * squares, "Σ x²");
            }
        }
}

// What cancels leaves no error behind as long as it is within 2^99 of the rest.
TEST(BinnedSums, KeepWhatIsLeftWhenLargeNumbersCancel) {
    for (const km::Isa isa : test::supported_isas())
        for (const int exponent : {-900, -30, 0, 40, 700}) {
            const double small = std::ldexp(1.0, exponent);
            const double large = std::ldexp(1.0, exponent + 98);
            const std::vector<double> numbers{large, small, 3 * large, -4 * large, 5 * small};
            for (unsigned seed = 0; seed < 6; ++seed) {
                km::detail::BinnedSum sum;
                for (const double number : shuffled(numbers, seed))
                    km::detail::number_sum_function<false, double>(isa)(&number, 1, {}, sum);
                EXPECT_EQ(sum.value(), 6 * small) << exponent;
            }
        }
}

// What is smaller is lost in every cut, also where it is added apart from the numbers that cancel.
TEST(BinnedSums, ForgetWhatIsBelowTheThirdBinInEveryCut) {
    for (const km::Isa isa : test::supported_isas())
        for (const int exponent : {-600, 0, 900}) {
            const double large = std::ldexp(1.0, exponent);
            const std::vector<double> numbers{std::ldexp(1.0, exponent - 200), large, -large};
            const auto add = km::detail::number_sum_function<false, double>(isa);
            km::detail::BinnedSum together;
            add(numbers.data(), 3, {}, together);
            EXPECT_EQ(together.value(), 0) << exponent;
            km::detail::BinnedSum apart;
            for (const double number : numbers) add(&number, 1, {}, apart);
            EXPECT_EQ(apart.value(), 0) << exponent;
        }
}

TEST(BinnedSums, HaveABinForEveryMagnitude) {
    using Sum = km::detail::BinnedSum;
    for (int exponent = -998; exponent < 999; ++exponent)
        for (const double factor : {1.0, 1.75, -1.0}) {
            const double number = std::ldexp(factor, exponent);
            Sum sum;
            km::detail::number_sum_function<false, double>(km::Isa::baseline)(&number, 1, {}, sum);
            EXPECT_EQ(sum.value(), number) << exponent;
            const int bin = Sum::bin_of(std::fabs(number));
            EXPECT_LT(exponent + (factor == 1.75 ? 1 : 0), 50 * bin + 50);
            EXPECT_TRUE(exponent >= 50 * bin - 1 || bin == Sum::lowest_bin + 2) << exponent;
        }
    // The least numbers are multiples of the last unit.
    Sum sum;
    for (const double number : {0x1p-1000, 0x1.8p-1002, -0x1p-1022, 0x1p-1074})
        km::detail::number_sum_function<false, double>(km::Isa::baseline)(&number, 1, {}, sum);
    EXPECT_EQ(sum.value(), 0x1p-1000);
    EXPECT_EQ(Sum().value(), 0);
}

#if !defined(__FAST_MATH__)
TEST(BinnedSums, TreatWhatIsNotFiniteAsIeeeArithmeticDoes) {
    const double inf = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto sum_of = [](km::Isa isa, const std::vector<double>& numbers) {
        km::detail::BinnedSum sum;
        for (std::size_t k = 0; k < numbers.size(); k += 11)
            km::detail::number_sum_function<false, double>(isa)(
                numbers.data() + k, static_cast<std::ptrdiff_t>(std::min<std::size_t>(numbers.size() - k, 11)), {},
                sum);
        return sum.value();
    };
    for (const km::Isa isa : test::supported_isas())
        for (const std::size_t place : {0U, 5U, 10U, 11U, 29U}) {
            std::vector<double> numbers(31, 0.5);
            numbers[place] = inf;
            EXPECT_EQ(sum_of(isa, numbers), inf);
            numbers[30] = 5.4e300; // beyond the limit
            EXPECT_EQ(sum_of(isa, numbers), inf);
            numbers[30] = -5.4e300;
            EXPECT_TRUE(std::isnan(sum_of(isa, numbers)));
            numbers[30] = nan;
            EXPECT_TRUE(std::isnan(sum_of(isa, numbers)));
            numbers[place] = -inf;
            numbers[30] = 5.3e300; // below it
            EXPECT_EQ(sum_of(isa, numbers), -inf);
            numbers[place] = -nan;
            EXPECT_TRUE(std::isnan(sum_of(isa, numbers)));
            numbers[place] = 0.5;
            EXPECT_EQ(sum_of(isa, numbers), 5.3e300);
        }
}

TYPED_TEST(OrderFreeSums, OfPhasorsAreNaNWhereOneIs) {
    using T = TypeParam;
    for (const km::Isa isa : test::supported_isas())
        for (const T bad : {std::numeric_limits<T>::quiet_NaN(), -std::numeric_limits<T>::quiet_NaN(),
                            std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity()})
            for (const std::size_t place : {0U, 36U, 999U}) {
                std::vector<T> phases = phases_of<T>(1000);
                const auto expect_nan = [&] {
                    km::detail::MeanPhasorSum<T> sum;
                    km::detail::mean_function<T>(isa)(phases.data(), 1000, sum);
                    sum += km::detail::MeanPhasorSum<T>{};
                    EXPECT_TRUE(std::isnan(sum.real.value()) && std::isnan(sum.imaginary.value())) << place;
                    km::detail::FinePhasorSum fine;
                    km::detail::add_phasors_function<T>(isa)(phases.data(), 1000, fine);
                    EXPECT_TRUE(std::isnan(fine.real.value()) && std::isnan(fine.imaginary.value())) << place;
                };
                phases[place] = bad;
                expect_nan();
                std::fill(phases.begin(), phases.end(), bad); // bits of many NaN could cancel
                expect_nan();
            }
}
#endif

// All cells of a part at the largest value that there is: no lane of a sum overflows. Then as many parts as a lattice
// of 2^40 cells has.
TYPED_TEST(OrderFreeSums, HoldTheLargestLattices) {
    using T = TypeParam;
    for (const km::Isa isa : test::supported_isas()) {
        const std::vector<T> phases(1024, T(0));
        km::detail::MeanPhasorSum<T> single;
        km::detail::mean_function<T>(isa)(phases.data(), 1, single);
        const double one = single.real.value(); // its polynomial ends in a number next to 1
        EXPECT_NEAR(one, 1, static_cast<double>(std::numeric_limits<T>::epsilon()));
        km::detail::MeanPhasorSum<T> sum;
        km::detail::FinePhasorSum fine;
        // 2^17 summands and more: the number of multiples of 2^-36 that a double holds exactly.
        for (int part = 1; part <= 130; ++part) {
            km::detail::mean_function<T>(isa)(phases.data(), 1024, sum);
            km::detail::add_phasors_function<T>(isa)(phases.data(), 1024, fine);
            EXPECT_EQ(sum.real.value(), one * 1024.0 * part);
            EXPECT_EQ(fine.real.value(), 1024.0 * part);
        }
        double expected = 1024.0 * 130;
        for (int doubling = 0; doubling < 23; ++doubling) {
            const km::detail::MeanPhasorSum<T> copy = sum;
            const km::detail::FinePhasorSum fine_copy = fine;
            sum += copy;
            fine += fine_copy;
            expected *= 2;
            EXPECT_EQ(sum.real.value(), one * expected);
            EXPECT_EQ(fine.real.value(), expected);
            EXPECT_EQ(sum.imaginary.value(), 0);
        }
    }
}

// An integer of which both parts are full, against its parts in long double.
TEST(WideIntegers, CarryBetweenTheirParts) {
    for (const std::int64_t number :
         {std::int64_t{1} << 62, -(std::int64_t{1} << 62), std::int64_t{-1}, std::int64_t{1},
          std::int64_t{0x123456789abcdef}, std::int64_t{-0x123456789abcdef}}) {
        km::detail::WideInteger sum;
        for (int k = 0; k < 1000; ++k) sum.add(number);
        for (int doubling = 0; doubling < 20; ++doubling) {
            const km::detail::WideInteger copy = sum;
            sum += copy;
        }
        const long double exact = static_cast<long double>(number) * 1000 * 1048576;
        EXPECT_EQ(sum.value().value(), static_cast<double>(exact)) << number;
    }
}

#if !defined(__FAST_MATH__)
/// What does not know where a cell is.
template <class T> std::vector<double> observables_of(const km::Field<T>& theta) {
    const km::OrderParameter order = km::order_parameter(test::Pool{.workers = 5}, theta);
    const km::PhaseStatistics phases = km::phase_statistics(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, theta);
    return {
        order.r, order.psi, phases.mean, phases.deviation, phases.least, phases.greatest, km::mean_frequency(theta)};
}

TYPED_TEST(OrderFreeSums, DoNotKnowWhereACellIs) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{3, 5}, std::pair{61, 173}, std::pair{1, 4097}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 6, T(3));
        theta(0, 0) = T(-0.0);
        if (theta.size() > 9) theta(rows - 1, cols - 1) = T(0);
        const std::vector<T> cells = test::values_of(theta.view());
        const std::vector<double> expected = observables_of(theta);
        km::Field<T> rates(rows, cols);
        const km::MeanFieldModel<double> model{.mean_field = {.K = 1.5, .lag = 0.25}, .local = 0.5};
        km::rate(km::Fused{}, model, theta, rates);
        std::vector<T> sorted_rates = test::values_of(rates.view());
        std::sort(sorted_rates.begin(), sorted_rates.end());
        for (unsigned seed = 1; seed < 6; ++seed) {
            km::Field<T> other(cols, rows);
            test::assign(other.view(), shuffled(cells, seed));
            EXPECT_EQ(test::first_difference(observables_of(other), expected), -1) << rows << " x " << cols;
            km::Field<T> other_rates(cols, rows);
            km::rate(test::Pool{.workers = 3}, model, other, other_rates);
            std::vector<T> sorted = test::values_of(other_rates.view());
            std::sort(sorted.begin(), sorted.end());
            EXPECT_EQ(test::first_difference(sorted, sorted_rates), -1) << rows << " x " << cols;
        }
    }
}

// Rows and columns exchanged: the bonds of a row are those of a column then.
TYPED_TEST(OrderFreeSums, HaveTheSameBitsWhenRowsAndColumnsAreExchanged) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{2, 7}, std::pair{61, 173}, std::pair{1, 2100}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 7);
        km::Field<T> turned(cols, rows);
        test::assign(turned.view().transposed(), test::values_of(theta.view()));
        const km::Boundary boundary{
            .north = km::fixed_flux(0.7), .south = km::fixed_flux(-0.1), .west = km::periodic, .east = km::periodic};
        const km::Boundary turned_boundary{
            .north = km::periodic, .south = km::periodic, .west = km::fixed_flux(0.7), .east = km::fixed_flux(-0.1)};
        EXPECT_TRUE(test::same_bits(km::energy(km::SineLaplacian{.K = 1.5, .boundary = boundary}, theta),
                                    km::energy(km::SineLaplacian{.K = 1.5, .boundary = turned_boundary}, turned)));
        std::vector<double> along(9);
        std::vector<double> turned_along(9);
        for (const km::Pairs pairs : {km::Pairs::rows, km::Pairs::cols, km::Pairs::both}) {
            km::correlation(boundary, theta, along, pairs);
            const km::Pairs other = pairs == km::Pairs::rows   ? km::Pairs::cols
                                    : pairs == km::Pairs::cols ? km::Pairs::rows
                                                               : km::Pairs::both;
            km::correlation(turned_boundary, turned, turned_along, other);
            EXPECT_EQ(test::first_difference(along, turned_along), -1) << rows << " x " << cols;
        }
        // The error of an adaptive step, and so its length, is a sum over cells as well.
        const km::DormandPrince54 method{.relative_tolerance = 1e-6, .absolute_tolerance = 1e-6};
        km::integrate(km::Fused{}, method, km::Model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5}, theta,
                      1.5);
        km::integrate(test::Pool{.workers = 4}, method,
                      km::Model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5}, turned, 1.5);
        EXPECT_EQ(test::first_difference(test::values_of(theta.view()), test::values_of(turned.view().transposed())),
                  -1);
    }
}
#endif

} // namespace
