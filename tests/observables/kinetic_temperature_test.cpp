// The kinetic temperature: exact values, long double sums, the Maxwell distribution, the same bits for any policy.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class KineticTemperature : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(KineticTemperature, Precisions);

TYPED_TEST(KineticTemperature, IsTheMeanOfMassTimesSquaredVelocity) {
    using T = TypeParam;
    km::Field<T> velocity(1, 4), mass(1, 4), present(1, 4);
    test::assign(velocity.view(), {1, -2, 0, 3});
    test::assign(mass.view(), {2, T(0.5), 7, 1});
    test::assign(present.view(), {1, 0, 1, -1});
    EXPECT_EQ(km::kinetic_temperature(km::Inertia{.mass = 2}, velocity), 2 * 14 / 4.0);
    EXPECT_EQ(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity), (2 + 2 + 0 + 9) / 4.0);
    EXPECT_EQ(km::kinetic_temperature(km::Inertia{.mass = 3.0}, velocity, present), 3 * (10 / 3.0));
    EXPECT_EQ(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity, present), 11 / 3.0);
    EXPECT_EQ(km::kinetic_temperature(km::Fused{}, km::Inertia{.mass = 2}, velocity), 7);
    EXPECT_EQ(km::kinetic_temperature(km::Fused{}, km::InertiaFields<TypeParam>{.mass = mass}, velocity), 3.25);
    velocity(0, 1) = test::number<T>("nan");
    EXPECT_TRUE(std::isnan(km::kinetic_temperature(km::Inertia{.mass = 2}, velocity)));
    EXPECT_TRUE(std::isnan(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity)));
    EXPECT_EQ(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity, present), 11 / 3.0);
    const km::InertialModel model{km::Inertia{.mass = 2}, km::Model{km::SineLaplacian{}, 0.0}};
    EXPECT_EQ(km::kinetic_temperature(model, velocity, present), 2 * (10 / 3.0));
    EXPECT_EQ(km::kinetic_temperature(km::Fused{}, model, velocity, present), 2 * (10 / 3.0));
    velocity.fill(3); // the mean velocity counts
    EXPECT_EQ(km::kinetic_temperature(km::Inertia{.mass = 2}, velocity), 18);
}

TYPED_TEST(KineticTemperature, AgreesWithLongDoubleSums) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{3, 5}, std::pair{1, 1023}, std::pair{1024, 1},
                                     std::pair{25, 41}, std::pair{60, 171}, std::pair{2, 5000}}) {
        km::Field<T> velocity(rows, cols), mass(rows, cols), present(rows, cols);
        test::fill_distinct(velocity.view(), 5, T(40));
        test::fill_distinct(mass.view(), 6);
        long double equal = 0, own = 0, masked = 0;
        std::ptrdiff_t cells = 0;
        for (std::ptrdiff_t k = 0; k < velocity.size(); ++k) {
            mass.data()[k] += T(4.5);
            present.data()[k] = T(k % 3 == 1 ? 0 : 2);
            const auto v = static_cast<long double>(velocity.data()[k]);
            const auto m = static_cast<long double>(mass.data()[k]);
            equal += 0.7L * v * v;
            own += m * v * v;
            masked += present.data()[k] != 0 ? m * v * v : 0;
            cells += present.data()[k] != 0 ? 1 : 0;
        }
        const auto all = static_cast<long double>(velocity.size());
        const auto expect_near = [&](double found, long double exact) {
            EXPECT_NEAR(found, static_cast<double>(exact), 1e-15 * static_cast<double>(exact))
                << velocity.rows() << " x " << velocity.cols();
        };
        expect_near(km::kinetic_temperature(km::Inertia{.mass = 0.7}, velocity), equal / all);
        expect_near(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity), own / all);
        expect_near(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity, present),
                    masked / static_cast<long double>(cells));
    }
}

// Velocities of the Maxwell distribution at T = 0.8: normal numbers of variance T/m. m v²/T is χ² of one degree of
// freedom, whose variance is 2.
TYPED_TEST(KineticTemperature, IsThatOfTheMaxwellDistribution) {
    const double n = 300 * 300;
    km::Field<TypeParam> velocity(300, 300);
    km::normal_frequencies(velocity, 0, std::sqrt(0.8 / 2.5), 7);
    EXPECT_NEAR(km::kinetic_temperature(km::Inertia{.mass = 2.5}, velocity), 0.8, 5 * 0.8 * std::sqrt(2 / n));
}

#if !defined(__FAST_MATH__)
TYPED_TEST(KineticTemperature, HasTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> velocity(61, 173), mass(61, 173), all(61, 173);
    test::fill_distinct(velocity.view(), 6, T(3));
    test::fill_distinct(mass.view(), 7);
    all.fill(1);
    const double equal = km::kinetic_temperature(km::Inertia{.mass = 1.7}, velocity);
    const double own = km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity);
    EXPECT_EQ(km::kinetic_temperature(km::Inertia{.mass = 1.7}, velocity, all), equal);
    EXPECT_EQ(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = mass}, velocity, all), own);
    for (const km::Isa isa : test::supported_isas())
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> v(layout, 61, 173), m(layout, 61, 173);
            test::assign(v.view(), test::values_of(velocity.view()));
            test::assign(m.view(), test::values_of(mass.view()));
            const km::OpenMP two{.threads = 2, .isa = isa, .min_cells_per_thread = 1};
            const test::Pool seven{.workers = 7, .isa = isa};
            EXPECT_EQ(km::kinetic_temperature(km::Serial{.isa = isa}, km::Inertia{.mass = 1.7}, v.view()), equal);
            EXPECT_EQ(km::kinetic_temperature(two, km::Inertia{.mass = 1.7}, v.view()), equal);
            EXPECT_EQ(km::kinetic_temperature(seven, km::Inertia{.mass = 1.7}, v.view()), equal);
            EXPECT_EQ(
                km::kinetic_temperature(km::Serial{.isa = isa}, km::InertiaFields<TypeParam>{.mass = mass}, v.view()),
                own);
            EXPECT_EQ(km::kinetic_temperature(two, km::InertiaFields<TypeParam>{.mass = m.view()}, velocity), own);
            EXPECT_EQ(km::kinetic_temperature(seven, km::InertiaFields<TypeParam>{.mass = m.view()}, v.view()), own);
        }
}
#endif

TYPED_TEST(KineticTemperature, RefusesWhatCannotBe) {
    const km::Field<TypeParam> velocity(2, 3), turned(3, 2), none(0, 3);
    EXPECT_EQ(km::kinetic_temperature(km::Inertia{.mass = 2}, none), 0);
    EXPECT_EQ(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = none}, none), 0);
    EXPECT_EQ(km::kinetic_temperature(km::Inertia{.mass = 2.0}, velocity, /*present*/ velocity),
              0); // all cells are missing
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("mass must be positive, but is 0"),
                 static_cast<void>(km::kinetic_temperature(km::Inertia{.mass = 0}, velocity)));
    EXPECT_ERROR(
        std::invalid_argument, TEST_PARTS("mass must be finite, but is inf"),
        static_cast<void>(km::kinetic_temperature(km::Inertia{.mass = test::number<double>("inf")}, velocity)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("velocity is 2 x 3", "mass is 3 x 2"),
                 static_cast<void>(km::kinetic_temperature(km::InertiaFields<TypeParam>{.mass = turned}, velocity)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present is 3 x 2", "velocity is 2 x 3"),
                 static_cast<void>(km::kinetic_temperature(km::Inertia{.mass = 1.0}, velocity, turned)));
    EXPECT_ERROR(
        std::invalid_argument, TEST_PARTS("threads must not be negative"),
        static_cast<void>(km::kinetic_temperature(km::OpenMP{.threads = -1}, km::Inertia{.mass = 1}, velocity)));
}

} // namespace
