// A shared library that uses threads and is unloaded: see unload_test.cpp.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/threads.hpp>

namespace km = kuramoto;

/// The order parameter after some steps on this number of threads.
extern "C" [[gnu::visibility("default")]] double order_parameter_on(int threads) {
    const km::Threads policy{.threads = threads, .min_cells_per_thread = 1};
    km::Field<float> theta(40, 40);
    km::uniform_phases(policy, theta, 1);
    km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 20);
    return km::order_parameter(policy, theta).r;
}
