// The floating-point environment: in any environment of the caller or of a worker, every algorithm gives the bits of
// the default environment, and does not change that of the caller or worker.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/environments.hpp"
#include "support/every_algorithm.hpp"
#include "support/fast_math.hpp"
#include "support/policies.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T, class P> void expect_bits_of_default(const P& policy, const std::string& what) {
    const std::vector<test::Witness> expected = test::witnesses<T>(policy);
    for (const test::Environment& environment : test::every_environment()) {
        std::vector<test::Witness> found;
        bool is_left = false;
        {
            const test::Within within(environment);
            found = test::witnesses<T>(policy);
            is_left = test::is_in(environment);
        }
        EXPECT_TRUE(is_left) << what << " does not leave " << environment.name();
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t k = 0; k < found.size(); ++k)
            EXPECT_EQ(found[k].hash, expected[k].hash)
                << found[k].algorithm << ", " << what << ", " << environment.name();
    }
}

template <class T> class EnvironmentOf : public ::testing::Test {};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(EnvironmentOf, Precisions);

} // namespace

TYPED_TEST(EnvironmentOf, TheCallerDoesNotChangeBitsOfOneThread) {
    SKIP_UNDER_FAST_MATH;
    for (const km::Isa isa : test::supported_isas())
        expect_bits_of_default<TypeParam, test::AnyPolicy>(km::Fused{.isa = isa},
                                                           std::string("Fused, ") + km::name(isa));
}

TYPED_TEST(EnvironmentOf, TheCallerDoesNotChangeBitsOfArrayPasses) {
    SKIP_UNDER_FAST_MATH;
    expect_bits_of_default<TypeParam>(km::Serial{}, "Serial");
}

// The workers of OpenMP start before the caller changes its environment, and keep their own.
TYPED_TEST(EnvironmentOf, TheCallerDoesNotChangeBitsOfThreads) {
    SKIP_UNDER_FAST_MATH;
    for (const int threads : {1, 2})
        expect_bits_of_default<TypeParam, test::AnyPolicy>(km::OpenMP{.threads = threads, .min_cells_per_thread = 1},
                                                           "OpenMP, threads = " + std::to_string(threads));
}

TYPED_TEST(EnvironmentOf, AWorkerDoesNotChangeBits) {
    SKIP_UNDER_FAST_MATH;
    const std::vector<test::Witness> expected = test::witnesses<TypeParam, void, test::AnyPolicy>(km::Fused{});
    test::Strangers::strays = 0;
    for (const test::Environment& environment : test::every_environment()) {
        const std::vector<test::Witness> found =
            test::witnesses<TypeParam>(test::AnyPolicy(test::Strangers{environment}));
        for (std::size_t k = 0; k < found.size(); ++k)
            EXPECT_EQ(found[k].hash, expected[k].hash) << found[k].algorithm << ", workers " << environment.name();
    }
    EXPECT_EQ(test::Strangers::strays, 0);
}
