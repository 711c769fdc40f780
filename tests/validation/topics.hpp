// The rows of the report, a function a topic. Those that take longer than seconds are left out of a quick report.
#pragma once

#include "report.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <atomic>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace validation {

namespace km = kuramoto;

inline constexpr double pi = 3.14159265358979323846;

void exact_solutions(Report& report);
void stepper_rows(Report& report);
void topology(Report& report);
void coarsening(Report& report);
void disorder(Report& report);
void noise(Report& report);
void sampling(Report& report);
void inertia(Report& report);
void inertial_mean_field(Report& report);
void rough_phases(Report& report);
void transition(Report& report);
void mean_field(Report& report);

/// value(0) … value(count − 1), computed on all cores, with progress.
template <class Value>
std::vector<double> for_each_seed(const Report& report, const std::string& name, int count, const Value& value) {
    std::vector<double> values(static_cast<std::size_t>(count));
    std::atomic<int> done{0};
    report.progress(name, 0, count);
    km::OpenMP{}.run(count, [&](int k) noexcept {
        values[static_cast<std::size_t>(k)] = value(k);
        report.progress(name, ++done, count);
    });
    return values;
}

/// The slope of the straight line through (x, y) with the least sum of squares.
inline double slope(const std::vector<double>& x, const std::vector<double>& y) {
    const auto n = static_cast<double>(x.size());
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
        sx += x[k];
        sy += y[k];
        sxx += x[k] * x[k];
        sxy += x[k] * y[k];
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

/// The modified Bessel function Iₙ(x) by its series.
inline double bessel(int n, double x) {
    double term = 1;
    for (int k = 1; k <= n; ++k) term *= x / 2 / k;
    double sum = 0;
    for (int k = 1; k < 60; ++k) {
        sum += term;
        term *= x * x / 4 / k / (k + n);
    }
    return sum;
}

} // namespace validation
