// Draw: what a test of many combinations draws at random, the same in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace test {

class Draw {
  public:
    explicit Draw(std::uint32_t seed) : random_(seed) {}
    int below(int most) { return static_cast<int>(random_() % static_cast<std::uint32_t>(most)); }
    bool is_heads() { return below(2) == 0; }
    int one_of(std::initializer_list<int> values) { return values.begin()[below(static_cast<int>(values.size()))]; }

  private:
    std::mt19937 random_;
};

} // namespace test
