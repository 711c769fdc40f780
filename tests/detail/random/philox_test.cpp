// Philox4x32-10: the known answers of its authors, and what the counter and the key hold.
#include <kuramoto/detail/random/philox.hpp>

#include <gtest/gtest.h>

namespace km = kuramoto;

namespace {

struct KnownBlock {
    km::detail::PhiloxBlock counter;
    km::detail::PhiloxKey key;
    km::detail::PhiloxBlock random;
};

// The known answers of the Random123 distribution (file kat_vectors, philox4x32 10): zeros, ones, digits of π.
constexpr KnownBlock known_blocks[] = {
    {{{0, 0, 0, 0}}, {{0, 0}}, {{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}}},
    {{{0xffffffffU, 0xffffffffU, 0xffffffffU, 0xffffffffU}},
     {{0xffffffffU, 0xffffffffU}},
     {{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}}},
    {{{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}},
     {{0xa4093822U, 0x299f31d0U}},
     {{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}}},
};

TEST(Philox, GivesTheKnownAnswersOfRandom123) {
    for (const KnownBlock& known : known_blocks) {
        const km::detail::PhiloxBlock random = km::detail::philox(known.counter, known.key);
        for (int k = 0; k < 4; ++k) EXPECT_EQ(random.words[k], known.random.words[k]) << "word " << k;
    }
}

TEST(Philox, IsAConstantExpression) {
    static_assert(km::detail::philox({{0, 0, 0, 0}}, {{0, 0}}).words[3] == 0x9b00dbd8U);
    static_assert(km::detail::philox_key(0x0123456789abcdefU).words[0] == 0x89abcdefU);
    static_assert(km::detail::philox_key(0x0123456789abcdefU).words[1] == 0x01234567U);
}

TEST(Philox, CountersKeepEveryBitOfRowGroupAndStream) {
    const auto counter =
        km::detail::philox_counter(km::detail::Stream::normal_frequencies, 0x1122334455667788U, 0x00aabbccddeeff01U);
    EXPECT_EQ(counter.words[0], 0x55667788U);
    EXPECT_EQ(counter.words[1], 0x11223344U);
    EXPECT_EQ(counter.words[2], 0xddeeff01U);
    EXPECT_EQ(counter.words[3], 0x03aabbccU);
}

} // namespace
