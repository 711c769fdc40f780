// Step 6: half the bytes. The loop of step 4 with float in place of double.
#include "tour.hpp"

namespace {

void step_of(const tour::State<float>& s, std::vector<float>& next) {
    for (std::ptrdiff_t i = 0; i < s.N; ++i)
        for (std::ptrdiff_t j = 0; j < s.N; ++j)
            next[s.at(i, j)] = s.theta[s.at(i, j)] + float(tour::dt) * tour::rate_of(s, i, j);
}

void advance(tour::State<float>& s, long steps) {
    std::vector<float> next(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        step_of(s, next);
        s.theta.swap(next);
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<float>("6 fused loop, float32", argc, argv, advance); }
