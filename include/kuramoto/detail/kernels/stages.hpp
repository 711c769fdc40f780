// The stages of a Runge–Kutta method in the precision of the cells: the factors of their rates.
#pragma once

#include <kuramoto/detail/build/config.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A Runge–Kutta method whose stage k works on θ + inner[k − 1] · rate of stage k − 1, and whose step is the sum of
/// outer[k] · rate of stage k. One stage: Euler's method. The factors hold the time step.
template <class T> struct Stages {
    static constexpr int most = 4; ///< as long as the rings keep the first phases of a step

    int count = 1;
    T inner[most] = {};
    T outer[most] = {};
};

} // namespace detail
KURAMOTO_END_NAMESPACE
