#include "naive.hpp"

#include <cmath>
#include <cstddef>

namespace naive {

template <class T>
void advance(std::vector<T>& theta, std::vector<T>& next, const std::vector<T>& omega, long rows, long cols, T K, T dt,
             long steps) {
    for (long step = 0; step < steps; ++step) {
        for (long i = 0; i < rows; ++i) {
            for (long j = 0; j < cols; ++j) {
                const auto k = static_cast<std::size_t>(i * cols + j);
                const T here = theta[k];
                T rate = omega[k];
                if (i > 0) rate += K * std::sin(theta[k - static_cast<std::size_t>(cols)] - here);
                if (j > 0) rate += K * std::sin(theta[k - 1] - here);
                if (i < rows - 1) rate += K * std::sin(theta[k + static_cast<std::size_t>(cols)] - here);
                if (j < cols - 1) rate += K * std::sin(theta[k + 1] - here);
                next[k] = here + dt * rate;
            }
        }
        theta.swap(next);
    }
}

template void advance(std::vector<float>&, std::vector<float>&, const std::vector<float>&, long, long, float, float,
                      long);
template void advance(std::vector<double>&, std::vector<double>&, const std::vector<double>&, long, long, double,
                      double, long);

} // namespace naive
