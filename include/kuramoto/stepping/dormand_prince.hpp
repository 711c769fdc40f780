// Dormand & Prince's method of orders 5 and 4: steps whose length follows the error; and the report of
// an integration.
//
// J. R. Dormand, P. J. Prince, Journal of Computational and Applied Mathematics 6 (1980) 19; the choice of the steps:
// E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I, sections II.4 (norm, first step) and
// IV.2 of volume II (proportional and integral control), as in their DOPRI5.
#pragma once

#include <cstdint>

namespace kuramoto {

/// An adaptive method of order 5, whose error is estimated by one of order 4. A step is right if the root mean square
/// over the cells of error / (absolute_tolerance + relative_tolerance · |θ|) is at most 1. Phases grow, so that the
/// relative part becomes laxer with time; set it to 0 to hold the absolute one alone.
struct DormandPrince54 {
    double relative_tolerance = 1e-6;              ///< not negative
    double absolute_tolerance = 1e-6;              ///< rad; not negative, not 0 together with the other
    double initial_dt = 0;                         ///< the first step to try; 0: chosen
    double max_dt = __builtin_huge_val();          ///< no step is longer
    std::int64_t max_steps = std::int64_t{100000}; ///< accepted and rejected ones
};

/// What an integration did.
struct IntegrationReport {
    std::int64_t accepted = 0;    ///< steps
    std::int64_t rejected = 0;    ///< steps that were tried again, shorter
    std::int64_t evaluations = 0; ///< of the rate
    double min_dt = 0;            ///< of the accepted steps; 0 if there were none
    double max_dt = 0;            ///< of the accepted steps
    double next_dt = 0;           ///< what the next step would be: `initial_dt` of a run that goes on
};

} // namespace kuramoto
