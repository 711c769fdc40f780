// Observables with masks: the same bits under every policy and layout.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/threads.hpp>

#include "support/layouts.hpp"
#include "support/masked_observables.hpp"
#include "support/masks.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace km = kuramoto;

namespace {

template <class Observable> class MasksUnderPolicies : public testing::Test {};
using Observables =
    testing::Types<test::Order, test::Statistics, test::Energy, test::Correlation, test::LocalOrder, test::Vortices,
                   test::Clusters, test::Helicity, test::Daido, test::Moments, test::Temperature>;
TYPED_TEST_SUITE(MasksUnderPolicies, Observables);

// Bits are not promised under -ffast-math.
#if !defined(__FAST_MATH__)
template <class Observable, class T> void expect_same_bits(km::Isa isa, test::Layout layout) {
    const km::Field<T> mask = test::mask<T>(61, 133, 5);
    const km::Field<T> phases = test::masked_phases(mask, 6, T(3), test::number<T>("nan"));
    const std::vector<double> expected =
        Observable::of(test::AnyPolicy(km::Fused{.isa = isa}), phases.view(), mask.view());
    test::Cells<T> theta(layout, 61, 133);
    test::Cells<T> present(test::all_layouts[(static_cast<std::size_t>(layout) + 2) % 5], 61, 133);
    test::assign(theta.view(), test::values_of(phases.view()));
    test::assign(present.view(), test::values_of(mask.view()));
    const km::Grid<const T> in = theta.view();
    const km::Grid<const T> there = present.view();
    const auto check = [&](const auto& policy) {
        const std::vector<double> found = Observable::of(policy, in, there);
        EXPECT_EQ(test::first_difference(found, expected), -1) << test::name(layout);
    };
    if constexpr (sizeof(T) == 4) check(km::Serial{.isa = isa}); // an observable takes it as any other policy
    for (const test::AnyPolicy& policy :
         {test::AnyPolicy(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1}),
          test::AnyPolicy(km::Threads{.threads = 2, .isa = isa, .min_cells_per_thread = 1}),
          test::AnyPolicy(test::Pool{.workers = 7, .isa = isa, .on_threads = true}),
          test::AnyPolicy(test::Pool{.workers = 64, .isa = isa})})
        check(policy);
    EXPECT_TRUE(theta.canaries_alive() && present.canaries_alive());
}
TYPED_TEST(MasksUnderPolicies, GiveTheSameBits) {
    for (const km::Isa isa : test::supported_isas())
        for (const test::Layout layout : test::all_layouts) {
            expect_same_bits<TypeParam, float>(isa, layout);
            expect_same_bits<TypeParam, double>(isa, layout);
        }
}
#endif

} // namespace
