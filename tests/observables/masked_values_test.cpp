// Observables of lattices with missing cells, against plain loops over the present ones. The phases of missing cells
// are NaN.

#include <kuramoto/kuramoto.hpp>

#include "support/expect_error.hpp"
#include "support/masks.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

const km::Boundary round_rows{.north = km::periodic, .south = km::periodic, .west = {}, .east = {}};
const std::array<km::Boundary, 3> boundaries{km::Boundary{}, km::torus, round_rows};

template <class T> class MaskedValues : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(MaskedValues, Precisions);

/// check(theta, present) for lattices of several shapes with few, many, only and no missing cells.
template <class T, class Check> void for_each_lattice(T scale, const Check& check) {
    for (const auto& [rows, cols] :
         {std::pair{1, 1}, std::pair{1, 19}, std::pair{8, 1}, std::pair{2, 3}, std::pair{13, 7}, std::pair{26, 53}})
        for (const std::uint32_t every : {0U, 1U, 2U, 7U}) {
            SCOPED_TRACE(testing::Message() << rows << " x " << cols << ", one missing of " << every);
            const km::Field<T> present = test::mask<T>(rows, cols, every);
            check(test::masked_phases(present, 5, scale, test::number<T>("nan")), present);
        }
}

/// use(i, j) for the present cells.
template <class T, class Use> void for_each_present(const km::Field<T>& present, const Use& use) {
    for (std::ptrdiff_t i = 0; i < present.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < present.cols(); ++j)
            if (present(i, j) != 0) use(i, j);
}

/// Cell (i, j) of a lattice, round its periodic edges; whether there is one.
bool find_cell(std::ptrdiff_t rows, std::ptrdiff_t cols, const km::Boundary& boundary, km::Cell& cell) {
    if (km::is_periodic(boundary, km::Axis::rows)) cell.row = (cell.row + 2 * rows) % rows;
    if (km::is_periodic(boundary, km::Axis::cols)) cell.col = (cell.col + 2 * cols) % cols;
    return cell.row >= 0 && cell.row < rows && cell.col >= 0 && cell.col < cols;
}

TYPED_TEST(MaskedValues, OrderParameter) {
    using T = TypeParam;
    for_each_lattice<T>(T(0.6), [](const km::Field<T>& theta, const km::Field<T>& present) {
        long double real = 0;
        long double imaginary = 0;
        long double cells = 0;
        for_each_present(present, [&](std::ptrdiff_t i, std::ptrdiff_t j) {
            real += std::cos(static_cast<long double>(theta(i, j)));
            imaginary += std::sin(static_cast<long double>(theta(i, j)));
            cells += 1;
        });
        const auto [r, psi] = km::order_parameter(theta, present);
        if (cells > 0) {
            EXPECT_NEAR(r, static_cast<double>(std::hypot(real, imaginary) / cells), 4e-16);
            EXPECT_NEAR(psi, static_cast<double>(std::atan2(imaginary, real)), 1e-14);
        } else {
            EXPECT_EQ(r, 0);
            EXPECT_EQ(psi, 0);
        }
    });
}

TYPED_TEST(MaskedValues, PhaseStatistics) {
    using T = TypeParam;
    for_each_lattice<T>(T(3), [](const km::Field<T>& theta, const km::Field<T>& present) {
        std::vector<long double> values;
        for_each_present(present, [&](std::ptrdiff_t i, std::ptrdiff_t j) {
            values.push_back(static_cast<long double>(theta(i, j)));
        });
        const km::PhaseStatistics found = km::phase_statistics(theta, present);
        long double mean = 0;
        for (const long double value : values) mean += value / static_cast<long double>(values.size());
        long double variance = 0;
        long double least = values.empty() ? 0 : values[0];
        long double greatest = least;
        for (const long double value : values) {
            variance += (value - mean) * (value - mean) / static_cast<long double>(values.size());
            least = std::min(least, value);
            greatest = std::max(greatest, value);
        }
        EXPECT_NEAR(found.mean, static_cast<double>(mean), 1e-14);
        EXPECT_NEAR(found.deviation, static_cast<double>(std::sqrt(variance)), 1e-13);
        EXPECT_EQ(found.least, static_cast<double>(least));
        EXPECT_EQ(found.greatest, static_cast<double>(greatest));
    });
}

TYPED_TEST(MaskedValues, Energy) {
    using T = TypeParam;
    const km::Boundary fixed{.north = km::fixed_phase(0.3), .south = km::fixed_flux(-0.7), .west = km::fixed_flux(0.2)};
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus, fixed})
        for_each_lattice<T>(T(1), [&](const km::Field<T>& theta, const km::Field<T>& present) {
            const std::ptrdiff_t rows = theta.rows();
            const std::ptrdiff_t cols = theta.cols();
            km::Field<T> east(rows, cols), south(rows, cols);
            test::fill_distinct(east.view(), 8);
            test::fill_distinct(south.view(), 9);
            const bool is_fixed = boundary.north.kind == km::BoundaryKind::fixed_phase;
            long double equal = 0;
            long double strong = 0;
            for_each_present(present, [&](std::ptrdiff_t i, std::ptrdiff_t j) {
                const auto here = static_cast<long double>(theta(i, j));
                const auto add = [&](km::Cell next, long double strength) {
                    if (!find_cell(rows, cols, boundary, next) || present(next.row, next.col) == 0) return;
                    const long double cosine = std::cos(static_cast<long double>(theta(next.row, next.col)) - here);
                    equal += cosine;
                    strong += strength * cosine;
                };
                add({i, j + 1}, static_cast<long double>(east(i, j)));
                add({i + 1, j}, static_cast<long double>(south(i, j)));
                if (!is_fixed) return;
                const long double given = (i == 0 ? std::cos(0.3L - here) : 0) - (i + 1 == rows ? 0.7L * here : 0) +
                                          (j == 0 ? 0.2L * here : 0);
                equal += given;
                strong += given;
            });
            const km::SineLaplacian lattice{.K = 1.5, .boundary = boundary};
            const km::Model model{km::with_bonds(lattice, east, south), 0.5};
            EXPECT_NEAR(km::energy(lattice, theta, present), static_cast<double>(-1.5L * equal), 1e-12);
            EXPECT_NEAR(km::energy(model, theta, present), static_cast<double>(-1.5L * strong), 1e-12);
        });
}

// remove_cells takes away bonds, and leaves fixed phases and fluxes: they count for the energy unless a mask says that
// the cell is missing.
TYPED_TEST(MaskedValues, EnergyOfRemovedCellsIsThatOfTheirEdges) {
    using T = TypeParam;
    km::Field<T> theta(2, 3), present(2, 3), east(2, 3), south(2, 3);
    test::fill_distinct(theta.view(), 4);
    for (auto* field : {&present, &east, &south}) field->fill(T(1));
    present(0, 1) = 0;
    km::remove_cells(present, east, south);
    const double phase = static_cast<double>(theta(0, 1));
    const km::SineLaplacian open{.K = 2};
    const km::SineLaplacian pushed{.K = 2, .boundary = {.north = km::fixed_flux(0.25)}};
    const km::SineLaplacian held{.K = 2, .boundary = {.north = km::fixed_phase(0.25)}};
    EXPECT_NEAR(km::energy(km::with_bonds(open, east, south), theta), km::energy(open, theta, present), 1e-14);
    EXPECT_NEAR(km::energy(km::with_bonds(pushed, east, south), theta) - km::energy(pushed, theta, present),
                -2 * 0.25 * phase, 1e-14);
    EXPECT_NEAR(km::energy(km::with_bonds(held, east, south), theta) - km::energy(held, theta, present),
                -2 * std::cos(0.25 - phase), 1e-14);
}

TYPED_TEST(MaskedValues, Correlation) {
    using T = TypeParam;
    for (const km::Boundary& boundary : boundaries)
        for_each_lattice<T>(T(1), [&](const km::Field<T>& theta, const km::Field<T>& present) {
            for (const km::Pairs pairs : {km::Pairs::rows, km::Pairs::cols, km::Pairs::both}) {
                std::vector<double> found(60, -2);
                km::correlation(boundary, theta, present, found, pairs);
                for (std::size_t d = 0; d < found.size(); ++d) {
                    const auto distance = static_cast<std::ptrdiff_t>(d);
                    long double sum = 0;
                    long double count = 0;
                    for_each_present(present, [&](std::ptrdiff_t i, std::ptrdiff_t j) {
                        const auto add = [&](km::Cell other) {
                            if (km::is_periodic(boundary, km::Axis::rows)) other.row %= theta.rows();
                            if (km::is_periodic(boundary, km::Axis::cols)) other.col %= theta.cols();
                            if (other.row >= theta.rows() || other.col >= theta.cols()) return;
                            if (present(other.row, other.col) == 0) return;
                            sum += std::cos(static_cast<long double>(theta(other.row, other.col)) -
                                            static_cast<long double>(theta(i, j)));
                            count += 1;
                        };
                        if (pairs != km::Pairs::rows) add({i, j + distance});
                        if (pairs != km::Pairs::cols) add({i + distance, j});
                    });
                    EXPECT_NEAR(found[d], count > 0 ? static_cast<double>(sum / count) : 0, 2e-15) << d;
                }
            }
        });
}

#if !defined(__FAST_MATH__)
// A phase that is NaN matters to the pairs that it is in, and to no others.
TEST(MaskedCorrelation, IsNaNWhereAPairOfPresentCellsIs) {
    km::Field<double> theta(1, 6), present(1, 6);
    test::assign(present.view(), {1.0, 1.0, 0.0, 1.0, 0.0, 1.0});
    theta(0, 0) = test::number<double>("nan");
    std::vector<double> found(6);
    km::correlation(km::Boundary{}, theta, present, found, km::Pairs::cols);
    for (const std::size_t d : {0U, 1U, 3U, 5U}) EXPECT_TRUE(std::isnan(found[d])) << d;
    EXPECT_EQ(found[2], 1);
    EXPECT_EQ(found[4], 1);
}
#endif

TYPED_TEST(MaskedValues, LocalOrderParameter) {
    using T = TypeParam;
    for (const km::Boundary& boundary : boundaries)
        for_each_lattice<T>(T(1), [&](const km::Field<T>& theta, const km::Field<T>& present) {
            const std::ptrdiff_t rows = theta.rows();
            const std::ptrdiff_t cols = theta.cols();
            const auto is_near = [](std::ptrdiff_t a, std::ptrdiff_t b, std::ptrdiff_t cells, bool goes_round,
                                    std::ptrdiff_t half_width) {
                const std::ptrdiff_t apart = a < b ? b - a : a - b;
                return apart <= half_width || (goes_round && cells - apart <= half_width);
            };
            const std::ptrdiff_t step = theta.size() < 1000 ? 1 : 13; // every cell, or some of many
            for (const std::ptrdiff_t half_width : {0, 1, 3, 40}) {
                km::Field<double> r(rows, cols);
                km::local_order_parameter(boundary, theta, present, r, half_width);
                for (std::ptrdiff_t i = 0; i < rows; ++i)
                    for (std::ptrdiff_t j = i % step; j < cols; j += step) {
                        long double real = 0;
                        long double imaginary = 0;
                        long double cells = 0;
                        for_each_present(present, [&](std::ptrdiff_t k, std::ptrdiff_t l) {
                            if (!is_near(i, k, rows, km::is_periodic(boundary, km::Axis::rows), half_width)) return;
                            if (!is_near(j, l, cols, km::is_periodic(boundary, km::Axis::cols), half_width)) return;
                            real += std::cos(static_cast<long double>(theta(k, l)));
                            imaginary += std::sin(static_cast<long double>(theta(k, l)));
                            cells += 1;
                        });
                        if (present(i, j) != 0)
                            ASSERT_NEAR(r(i, j), static_cast<double>(std::hypot(real, imaginary) / cells), 2e-15);
                        else
                            ASSERT_GT(test::bits_of(r(i, j)) << 1U, 0xffe0000000000000U) << "not NaN: " << r(i, j);
                    }
            }
        });
}

TYPED_TEST(MaskedValues, LocalOrderParameterMustNotWriteTheMask) {
    km::Field<TypeParam> theta(3, 4), present(3, 4);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("r is written and must not overlap present"),
                 km::local_order_parameter(km::torus, theta, present, present, 1));
}

/// The charge of the plaquette whose first cell is (i, j).
template <class T> int charge_at(const km::Field<T>& theta, std::ptrdiff_t i, std::ptrdiff_t j) {
    const std::ptrdiff_t k = (i + 1) % theta.rows();
    const std::ptrdiff_t l = (j + 1) % theta.cols();
    const std::array<T, 5> around{theta(i, j), theta(i, l), theta(k, l), theta(k, j), theta(i, j)};
    long double turned = 0;
    for (std::size_t c = 0; c < 4; ++c)
        turned += std::remainder(static_cast<long double>(around[c + 1]) - static_cast<long double>(around[c]),
                                 2 * std::acos(-1.0L));
    return static_cast<int>(std::lround(turned / (2 * std::acos(-1.0L))));
}

TYPED_TEST(MaskedValues, Vortices) {
    using T = TypeParam;
    for (const km::Boundary& boundary : boundaries)
        for_each_lattice<T>(T(1), [&](const km::Field<T>& theta, const km::Field<T>& present) {
            std::vector<km::Vortex> expected;
            for_each_present(present, [&](std::ptrdiff_t i, std::ptrdiff_t j) {
                for (const km::Cell& corner : {km::Cell{i, j + 1}, km::Cell{i + 1, j}, km::Cell{i + 1, j + 1}}) {
                    km::Cell cell = corner;
                    if (!find_cell(theta.rows(), theta.cols(), boundary, cell) || present(cell.row, cell.col) == 0)
                        return;
                }
                if (const int charge = charge_at(theta, i, j))
                    expected.push_back({static_cast<double>(i) + 0.5, static_cast<double>(j) + 0.5, charge});
            });
            std::int64_t positive = 0;
            for (const km::Vortex& vortex : expected) positive += vortex.charge > 0 ? vortex.charge : 0;
            const km::VortexCount count = km::count_vortices(boundary, theta, present);
            EXPECT_EQ(count.positive, positive);
            EXPECT_EQ(count.positive + count.negative, static_cast<std::int64_t>(expected.size()));
            std::size_t k = 0;
            km::for_each_vortex(boundary, theta, present, [&](const km::Vortex& vortex) {
                ASSERT_LT(k, expected.size());
                EXPECT_EQ(vortex.row, expected[k].row);
                EXPECT_EQ(vortex.col, expected[k].col);
                EXPECT_EQ(vortex.charge, expected[k].charge);
                ++k;
            });
            EXPECT_EQ(k, expected.size());
        });
}

// A vortex is counted with its four cells, and with three of them not.
TYPED_TEST(MaskedValues, AVortexNeedsAllOfItsCells) {
    km::Field<TypeParam> theta(8, 9), present(8, 9);
    km::vortex_phases(theta, {{3.5, 4.5, 1}});
    present.fill(TypeParam(1));
    EXPECT_EQ(km::count_vortices(km::Boundary{}, theta, present).positive, 1);
    for (const km::Cell& cell : {km::Cell{3, 4}, km::Cell{3, 5}, km::Cell{4, 4}, km::Cell{4, 5}, km::Cell{2, 4}}) {
        present.fill(TypeParam(1));
        present(cell.row, cell.col) = 0;
        EXPECT_EQ(km::count_vortices(km::Boundary{}, theta, present).positive, cell.row == 2 ? 1 : 0);
    }
}

TYPED_TEST(MaskedValues, FrequencyClusters) {
    using T = TypeParam;
    const double tolerance = 2.5;
    for (const km::Boundary& boundary : boundaries)
        for_each_lattice<T>(T(1), [&](const km::Field<T>& frequencies, const km::Field<T>& present) {
            const std::ptrdiff_t rows = present.rows();
            const std::ptrdiff_t cols = present.cols();
            const km::FrequencyClusters found = km::frequency_clusters(boundary, frequencies, present, tolerance);
            km::Field<double> labels(rows, cols); // by a flood fill
            labels.fill(-1);
            std::vector<std::int64_t> sizes;
            std::int64_t cells = 0;
            for_each_present(present, [&](std::ptrdiff_t i, std::ptrdiff_t j) {
                ++cells;
                if (labels(i, j) >= 0) return;
                std::vector<km::Cell> open{{i, j}};
                labels(i, j) = static_cast<double>(sizes.size());
                sizes.push_back(0);
                while (!open.empty()) {
                    const km::Cell cell = open.back();
                    open.pop_back();
                    ++sizes.back();
                    for (const auto& [down, across] :
                         {std::pair{1, 0}, std::pair{-1, 0}, std::pair{0, 1}, std::pair{0, -1}}) {
                        km::Cell next{cell.row + down, cell.col + across};
                        if (!find_cell(rows, cols, boundary, next) || present(next.row, next.col) == 0) continue;
                        if (labels(next.row, next.col) >= 0) continue;
                        if (std::fabs(static_cast<double>(frequencies(cell.row, cell.col)) -
                                      static_cast<double>(frequencies(next.row, next.col))) > tolerance)
                            continue;
                        labels(next.row, next.col) = labels(i, j);
                        open.push_back(next);
                    }
                }
            });
            ASSERT_EQ(found.count(), static_cast<std::int64_t>(sizes.size()));
            std::int64_t most = 0;
            for (std::size_t k = 0; k < sizes.size(); ++k) {
                EXPECT_EQ(found.size(static_cast<std::int64_t>(k)), sizes[k]);
                most = std::max(most, sizes[k]);
            }
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t j = 0; j < cols; ++j)
                    EXPECT_EQ(static_cast<double>(found.label(i, j)), labels(i, j));
            EXPECT_EQ(found.largest_share(), cells > 0 ? static_cast<double>(most) / static_cast<double>(cells) : 0);
        });
}

// A disc in step, in a square with noise around it: what a mask is for.
TYPED_TEST(MaskedValues, ADiscInStepHasTheOrderOne) {
    using T = TypeParam;
    km::Field<T> theta(21, 21), present(21, 21);
    test::fill_distinct(theta.view(), 2);
    std::ptrdiff_t cells = 0;
    for (std::ptrdiff_t i = 0; i < 21; ++i)
        for (std::ptrdiff_t j = 0; j < 21; ++j)
            if ((i - 10) * (i - 10) + (j - 10) * (j - 10) <= 81) {
                present(i, j) = 1;
                theta(i, j) = T(0.75);
                ++cells;
            }
    const auto [r, psi] = km::order_parameter(theta, present);
    EXPECT_NEAR(r, 1, 1e-15);
    EXPECT_NEAR(psi, 0.75, 1e-15);
    EXPECT_LT(km::order_parameter(theta).r, 0.8);
    EXPECT_EQ(km::phase_statistics(theta, present).deviation, 0);
    EXPECT_EQ(km::frequency_clusters(km::Boundary{}, theta, present, 0).sizes()[0], cells);
    std::vector<double> correlation(19);
    km::correlation(km::Boundary{}, theta, present, correlation, km::Pairs::both);
    for (const double one : correlation) EXPECT_NEAR(one, 1, 1e-15);
}

} // namespace
