// DormandPrince54: an adaptive Runge–Kutta method of orders 5 and 4, and the report of an integration.
//
// J. R. Dormand, P. J. Prince, Journal of Computational and Applied Mathematics 6 (1980) 19; the choice of the steps:
// E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I, sections II.4 (norm, first step) and
// IV.2 of volume II (proportional and integral control), as in their DOPRI5.
#pragma once

#include <cstdint>

namespace kuramoto {

/// An adaptive Runge–Kutta method of order 5, whose error is estimated by a method of order 4.
///
/// A step is accepted if the root mean square over the cells of error / (absolute_tolerance + relative_tolerance · |θ|)
/// is at most 1. As phases grow, the relative tolerance becomes weaker; set it to 0 to use the absolute one alone.
struct DormandPrince54 {
    double relative_tolerance = 1e-6;              ///< not negative
    double absolute_tolerance = 1e-6;              ///< rad; not negative, and not 0 if the relative one is 0
    double initial_dt = 0;                         ///< first step to try; 0: chosen automatically
    double max_dt = __builtin_huge_val();          ///< longest step
    std::int64_t max_steps = std::int64_t{100000}; ///< largest number of accepted and rejected steps
};

/// The steps of an integration.
struct IntegrationReport {
    std::int64_t accepted = 0;    ///< number of accepted steps
    std::int64_t rejected = 0;    ///< number of steps that were tried again, shorter
    std::int64_t evaluations = 0; ///< number of evaluations of the rate
    double min_dt = 0;            ///< shortest accepted step; 0 if there was none
    double max_dt = 0;            ///< longest accepted step; 0 if there was none
    double next_dt = 0;           ///< proposed next step: `initial_dt` of a run that continues
};

} // namespace kuramoto
