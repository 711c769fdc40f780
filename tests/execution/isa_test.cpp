// The instruction sets: names, which of them this processor has, and which one is taken.

#include <kuramoto/execution/isa.hpp>

#include "support/expect_error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

namespace km = kuramoto;

namespace {
constexpr km::Isa sets[]{km::Isa::baseline, km::Isa::avx2, km::Isa::avx512};
constexpr km::Isa unknown = static_cast<km::Isa>(99);
} // namespace

TEST(Isa, HasNames) {
    EXPECT_STREQ(km::name(km::Isa::automatic), "automatic");
    EXPECT_STREQ(km::name(km::Isa::baseline), "baseline");
    EXPECT_STREQ(km::name(km::Isa::avx2), "avx2");
    EXPECT_STREQ(km::name(km::Isa::avx512), "avx512");
    EXPECT_STREQ(km::name(unknown), "unknown");
    static_assert(km::name(km::Isa::avx2)[0] == 'a', "a constant where it is needed as one");
}

TEST(Isa, BaselineIsSupportedEverywhere) {
    EXPECT_TRUE(km::is_supported(km::Isa::baseline));
    EXPECT_TRUE(km::is_supported(km::Isa::automatic));
    EXPECT_FALSE(km::is_supported(unknown));
}

// Every processor with AVX-512 has AVX2, and results rest on it: the two are one class.
TEST(Isa, SupportGrowsFromSetToSet) { EXPECT_LE(km::is_supported(km::Isa::avx512), km::is_supported(km::Isa::avx2)); }

TEST(Isa, TheBestIsSupportedAndNothingBetterIs) {
    const km::Isa best = km::best_isa();
    EXPECT_NE(best, km::Isa::automatic);
    EXPECT_TRUE(km::is_supported(best));
    for (const km::Isa isa : sets) EXPECT_EQ(km::is_supported(isa), isa <= best) << km::name(isa);
    EXPECT_EQ(km::best_isa(), best);
}

TEST(Isa, ResolveDecidesAutomaticAndKeepsTheRest) {
    EXPECT_EQ(km::detail::resolve(km::Isa::automatic), km::best_isa());
    for (const km::Isa isa : sets) {
        if (km::is_supported(isa)) {
            EXPECT_EQ(km::detail::resolve(isa), isa);
        } else {
            EXPECT_ERROR(std::invalid_argument, TEST_PARTS("isa", km::name(isa)),
                         static_cast<void>(km::detail::resolve(isa)));
        }
    }
}

TEST(Isa, ResolveRefusesWhatDoesNotExist) {
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("isa", "unknown", "not available"),
                 static_cast<void>(km::detail::resolve(unknown)));
}

#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
TEST(Isa, WhatTheProgramIsBuiltForIsSupported) { EXPECT_TRUE(km::is_supported(km::Isa::avx512)); }
#elif defined(__AVX2__) && defined(__FMA__)
TEST(Isa, WhatTheProgramIsBuiltForIsSupported) { EXPECT_TRUE(km::is_supported(km::Isa::avx2)); }
#endif

#if !KURAMOTO_X86
TEST(Isa, NoX86SetElsewhere) {
    EXPECT_FALSE(km::is_supported(km::Isa::avx2));
    EXPECT_FALSE(km::is_supported(km::Isa::avx512));
}
#endif
