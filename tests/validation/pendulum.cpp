#include "pendulum.hpp"

namespace validation {
namespace {

/// One rotation, with θ in the place of the time: w = v²/2 obeys m dw/dθ = Ω − √(2w) − q sin θ.
struct Rotation {
    double end = 0;     ///< w after it; negative if the pendulum turns round
    double time = 0;    ///< ∫ dθ/v
    double cosines = 0; ///< ∫ cos θ dθ/v
};

Rotation rotation(double mass, double torque, double q, double w) {
    constexpr int steps = 256;
    constexpr double h = 2 * pi / steps;
    const auto slope_at = [&](double theta, double value) {
        return (torque - std::sqrt(2 * std::fmax(value, 0)) - q * std::sin(theta)) / mass;
    };
    Rotation found;
    for (int k = 0; k < steps; ++k) {
        if (!(w > 0)) return {-1, 0, 0};
        const double theta = h * k;
        const double speed = std::sqrt(2 * w);
        found.time += h / speed; // the trapezoidal rule of a periodic function
        found.cosines += h * std::cos(theta) / speed;
        const double k1 = slope_at(theta, w);
        const double k2 = slope_at(theta + h / 2, w + h / 2 * k1);
        const double k3 = slope_at(theta + h / 2, w + h / 2 * k2);
        const double k4 = slope_at(theta + h, w + h * k3);
        w += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
    found.end = w;
    return found;
}

} // namespace

double Hysteresis::mean_cosine(double torque, double q) const {
    // Each rotation brings w nearer to that of the limit cycle; a secant takes it there.
    double w = torque * torque / 2 + 2 * q / mass_; // faster than the limit cycle
    Rotation now = rotation(mass_, torque, q, w);
    double share = std::exp(-2 * pi / (mass_ * torque)); // of the distance that a rotation leaves, about
    for (int round = 0; round < 60; ++round) {
        if (!(now.end > 0)) return __builtin_nan("");
        const double gap = now.end - w;
        if (std::fabs(gap) < 1e-10 * w) return now.cosines / now.time;
        const double next = w + gap / (1 - share);
        const Rotation then = rotation(mass_, torque, q, next);
        if (!(then.end > 0)) { // too far: an ordinary rotation
            w = now.end;
            now = rotation(mass_, torque, q, w);
            share = 0;
            continue;
        }
        const double left = (then.end - now.end) / (next - w);
        share = left > 0 && left < 1 ? left : 0;
        w = next;
        now = then;
    }
    return now.cosines / now.time;
}

double Hysteresis::least_torque(double q) const {
    double below = 0;
    double above = q; // beyond, there is no locked state
    while (above - below > 1e-6 * q) {
        const double middle = (below + above) / 2;
        (std::isnan(mean_cosine(middle, q)) ? below : above) = middle;
    }
    return above;
}

double Hysteresis::order(double q, double limit) const {
    // With Ω = tan(πu), u is uniform in [−1/2, 1/2].
    constexpr int points = 128;
    const double edge = std::atan(limit) / pi;
    double locked = 0;
    double drifting = 0;
    for (int k = 0; k < points; ++k) {
        const double s = (k + 0.5) / points;
        const double sine = std::tan(pi * edge * (1 - s * s)) / q;
        locked += 2 * s * std::sqrt(std::fmax(1 - sine * sine, 0)) / points;
        const double cosine = mean_cosine(std::tan(pi * (edge + (0.5 - edge) * s * s)), q);
        drifting += std::isnan(cosine) ? 0 : 2 * s * cosine / points;
    }
    return 2 * (edge * locked + (0.5 - edge) * drifting);
}

template <class Limit> double Hysteresis::largest_r(double K, const Limit& limit) const {
    double above = K;
    double below = 0;
    for (double q = 0.95 * K; q > 0.05 * K && below == 0; q -= 0.05 * K)
        (K * order(q, limit(q)) >= q ? below : above) = q;
    if (below == 0) return 0;
    while (above - below > 1e-5 * K) {
        const double q = (below + above) / 2;
        (K * order(q, limit(q)) >= q ? below : above) = q;
    }
    return below / K;
}

double Hysteresis::r_coming_down(double K) const {
    return largest_r(K, [](double q) { return q; });
}

double Hysteresis::r_going_up(double K) const {
    return largest_r(K, [&](double q) { return least_torque(q); });
}

double Hysteresis::least_K() const {
    double least = 1e9;
    double at = 0;
    for (double step = 0.5; step > 1e-3; step /= 4) {
        const double centre = at;
        for (int k = at == 0 ? 1 : -4; k <= (at == 0 ? 40 : 4); ++k) {
            const double q = (at == 0 ? 0 : centre) + step * k;
            if (q <= 0) continue;
            const double K = q / order(q, q);
            if (K > 0 && K < least) {
                least = K;
                at = q;
            }
        }
        if (at == 0) break;
    }
    return least;
}

} // namespace validation
