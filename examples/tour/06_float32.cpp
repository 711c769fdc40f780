// Step 6: half the bytes. The loop of step 4 with float in place of double.
#include "tour.hpp"

#include <cmath>

namespace {

void step_of(const tour::State<float>& s, std::vector<float>& next) {
    for (std::ptrdiff_t i = 0; i < s.N; ++i)
        for (std::ptrdiff_t j = 0; j < s.N; ++j) {
            const float here = s.theta[s.at(i, j)];
            float sum = 0;
            if (i > 0) sum += std::sin(s.theta[s.at(i - 1, j)] - here);
            if (i < s.N - 1) sum += std::sin(s.theta[s.at(i + 1, j)] - here);
            if (j > 0) sum += std::sin(s.theta[s.at(i, j - 1)] - here);
            if (j < s.N - 1) sum += std::sin(s.theta[s.at(i, j + 1)] - here);
            next[s.at(i, j)] = here + float(tour::dt) * (s.omega[s.at(i, j)] + float(tour::K) * sum);
        }
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
