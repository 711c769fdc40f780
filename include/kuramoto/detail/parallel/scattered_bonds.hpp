// Bonds that kernels cannot take from where they lie: collected in arrays.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The largest number of bonds in an array of ScatteredBonds.
inline constexpr std::ptrdiff_t bonds_per_array = 256;

/// Collects bonds, and gives them to `Add` an array at a time, the last of them at its end.
///
/// `Add` has the members add_equal(a, b, count) for bonds of strength 1 between the phases a[k] and b[k], and
/// add_others(differences, strengths, count) for bonds with the phase differences b − a. Both may overwrite the arrays.
template <class Add> class ScatteredBonds {
  public:
    explicit ScatteredBonds(const Add& add) noexcept : add_(add) {}
    ScatteredBonds(const ScatteredBonds&) = delete;
    ScatteredBonds& operator=(const ScatteredBonds&) = delete;
    ~ScatteredBonds() {
        flush_equal();
        flush_others();
    }

    /// A bond of strength 1 from phase a to phase b.
    void add(double a, double b) noexcept {
        from_[equal_] = a;
        to_[equal_] = b;
        if (++equal_ == bonds_per_array) flush_equal();
    }
    /// A bond of any strength.
    void add(double a, double b, double strength) noexcept {
        differences_[others_] = (Rounded(b) - Rounded(a)).value();
        strengths_[others_] = strength;
        if (++others_ == bonds_per_array) flush_others();
    }

  private:
    void flush_equal() noexcept {
        add_.add_equal(from_, to_, equal_);
        equal_ = 0;
    }
    void flush_others() noexcept {
        add_.add_others(differences_, strengths_, others_);
        others_ = 0;
    }

    double from_[bonds_per_array];
    double to_[bonds_per_array];
    double differences_[bonds_per_array];
    double strengths_[bonds_per_array];
    std::ptrdiff_t equal_ = 0;
    std::ptrdiff_t others_ = 0;
    Add add_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
