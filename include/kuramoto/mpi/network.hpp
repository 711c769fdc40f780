// Network: what messages between MPI processes cost.
#pragma once

namespace kuramoto::mpi {

/// The time of a message of n bytes is latency + n / bandwidth.
struct Network {
    double latency = 0;   ///< s
    double bandwidth = 1; ///< bytes / s
};

} // namespace kuramoto::mpi
