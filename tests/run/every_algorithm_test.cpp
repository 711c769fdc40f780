// Every public algorithm, on two threads: for the sanitizers, which then see all of them at the cost of one program.

#include "support/every_algorithm.hpp"

#include <kuramoto/openmp.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace km = kuramoto;

TEST(EveryAlgorithm, GivesTheSameBitsAgain) {
    const km::OpenMP two_threads{.threads = 2, .min_cells_per_thread = 1};
    const std::vector<test::Witness> first = test::witnesses<float>(two_threads);
    const std::vector<test::Witness> second = test::witnesses<float>(two_threads);
    ASSERT_GT(first.size(), 50U);
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t k = 0; k < first.size(); ++k) EXPECT_EQ(first[k].hash, second[k].hash) << first[k].algorithm;
}
