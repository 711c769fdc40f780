// Distributions of natural frequencies as descriptions: uniform, normal, Lorentzian. mixtures.hpp takes two of them.
#pragma once

#include <concepts>

namespace kuramoto {

/// The uniform distribution in [low, high].
struct Uniform {
    double low = -1; ///< smallest frequency, rad / time
    double high = 1; ///< largest frequency, rad / time; not below `low`
};

/// The normal (Gaussian) distribution.
struct Normal {
    double mean = 0;      ///< rad / time
    double deviation = 1; ///< standard deviation, rad / time; not negative
};

/// The Lorentzian (Cauchy) distribution. Its density is half_width / π / ((ω − centre)² + half_width²).
struct Lorentzian {
    double centre = 0;     ///< rad / time
    double half_width = 1; ///< half the width at half the maximum, rad / time; not negative
};

/// A description of a distribution: Uniform, Normal or Lorentzian.
template <class D>
concept FrequencyDistribution = std::same_as<D, Uniform> || std::same_as<D, Normal> || std::same_as<D, Lorentzian>;

} // namespace kuramoto
