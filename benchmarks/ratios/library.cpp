// The library: a lattice with its fields, advanced as a user's program would do it. Compiled at plain -O2 for all
// rows; for the comparison of compilers the same file is compiled by each of them, at -O2 and at -O3 -march=native.
#include "module.hpp"

#include <kuramoto/kuramoto.hpp>
#if defined(_OPENMP)
#include <kuramoto/openmp.hpp>
#endif

#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace km = kuramoto;

namespace {

/// Small enough for Euler's method to be stable whatever the coupling: 4 K dt < 1.
constexpr double coupling_strength = 1.0;
constexpr double time_step = 0.1;

/// What a module is asked for; the driver fills it in. The fields have the same order and types there.
struct Request {
    std::int64_t rows;
    std::int64_t cols;
    const char* isa; ///< as km::name spells it
    int threads;     ///< 1: Fused; more: OpenMP
    int is_double;
    int is_linear;
    int is_column_major;
    int omega_is_number;
};

/// A lattice of any type and layout.
class Lattice {
  public:
    Lattice() = default;
    Lattice(const Lattice&) = delete;
    Lattice& operator=(const Lattice&) = delete;
    virtual ~Lattice() = default;
    virtual void advance(std::int64_t steps) = 0;
    virtual void apply(std::int64_t times) = 0;
    virtual void* theta() = 0;
    virtual void* omega() = 0;
};

template <class T, class Coupling, class Policy> class LatticeOf final : public Lattice {
  public:
    // A column-major lattice is the transposed view of a row-major field.
    LatticeOf(const Request& request, const Policy& policy)
        : policy_(policy), is_column_major_(request.is_column_major != 0),
          omega_is_number_(request.omega_is_number != 0),
          theta_(is_column_major_ ? request.cols : request.rows, is_column_major_ ? request.rows : request.cols),
          omega_(omega_is_number_ ? 0 : theta_.rows(), omega_is_number_ ? 0 : theta_.cols()) {
        km::uniform_phases(theta_, 1);
        km::normal_frequencies(omega_, 0.0, 0.1, 2);
    }

    void advance(std::int64_t steps) override {
        if (omega_is_number_)
            km::advance(policy_, stepper_, km::Model{laplacian_, 0.1}, view(theta_), steps);
        else
            km::advance(policy_, stepper_, km::Model{laplacian_, view(omega_)}, view(theta_), steps);
    }

    // The frequencies take the place of the rate that is added to: apply needs two fields and no third.
    void apply(std::int64_t times) override {
        for (std::int64_t k = 0; k < times; ++k) km::apply(policy_, laplacian_, view(theta_), view(omega_));
    }

    void* theta() override { return theta_.data(); }
    void* omega() override { return omega_.data(); }

  private:
    km::Grid<T> view(km::Field<T>& field) const { return is_column_major_ ? field.transposed() : field.view(); }

    Policy policy_;
    km::Laplacian<Coupling> laplacian_{.K = coupling_strength};
    km::Euler stepper_{.dt = time_step};
    bool is_column_major_;
    bool omega_is_number_;
    km::Field<T> theta_;
    km::Field<T> omega_;
};

km::Isa isa_named(const std::string& name) {
    for (const km::Isa isa : {km::Isa::automatic, km::Isa::baseline, km::Isa::avx2, km::Isa::avx512})
        if (name == km::name(isa)) return isa;
    throw std::invalid_argument("no such instruction set: " + name);
}

template <class T, class Coupling> std::unique_ptr<Lattice> lattice(const Request& request) {
    const km::Isa isa = isa_named(request.isa);
    if (request.threads == 1)
        return std::make_unique<LatticeOf<T, Coupling, km::Fused>>(request, km::Fused{.isa = isa});
#if defined(_OPENMP)
    return std::make_unique<LatticeOf<T, Coupling, km::OpenMP>>(request,
                                                                km::OpenMP{.threads = request.threads, .isa = isa});
#else
    throw std::invalid_argument("this module was built without OpenMP");
#endif
}

std::unique_ptr<Lattice> lattice(const Request& request) {
    if (request.is_double != 0)
        return request.is_linear != 0 ? lattice<double, km::Linear>(request) : lattice<double, km::Sine>(request);
    return request.is_linear != 0 ? lattice<float, km::Linear>(request) : lattice<float, km::Sine>(request);
}

} // namespace

/// Null if there cannot be such a lattice.
RATIOS_EXPORT Lattice* lattice_create(const Request* request) {
    try {
        return lattice(*request).release();
    } catch (const std::exception&) {
        return nullptr;
    }
}
RATIOS_EXPORT void lattice_advance(Lattice* lattice, std::int64_t steps) { lattice->advance(steps); }
RATIOS_EXPORT void lattice_apply(Lattice* lattice, std::int64_t times) { lattice->apply(times); }
/// The first cell, for the other contestants to start from the same phases and frequencies.
RATIOS_EXPORT void* lattice_theta(Lattice* lattice) { return lattice->theta(); }
RATIOS_EXPORT void* lattice_omega(Lattice* lattice) { return lattice->omega(); }
RATIOS_EXPORT void lattice_destroy(Lattice* lattice) { delete lattice; }

RATIOS_EXPORT double lattice_coupling_strength() { return coupling_strength; }
RATIOS_EXPORT double lattice_time_step() { return time_step; }
/// The best instruction set of this processor.
RATIOS_EXPORT const char* lattice_isa() { return km::name(km::best_isa()); }
RATIOS_EXPORT const char* lattice_compiler() {
#if defined(__clang__)
    return "Clang " __clang_version__;
#else
    return "GCC " __VERSION__;
#endif
}
