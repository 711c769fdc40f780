// AnyCoupling: a coupling that is chosen at run time, whose kernels are compiled once and not by every algorithm.
#pragma once

#include <kuramoto/detail/kernels/coupling_kernels.hpp>
#include <kuramoto/model/coupling.hpp>

#include <concepts>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#define KURAMOTO_TEXT_OF(name) #name
#define KURAMOTO_TEXT(name) KURAMOTO_TEXT_OF(name)

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> class EnsembleKernels; // detail/kernels/ensemble_kernels.hpp

/// Whether two couplings of one type have equal parameters, as far as is known: one without an operator== equals only
/// itself.
template <class C> bool have_equal_parameters(const void* a, const void* b) {
    if constexpr (std::is_empty_v<C>)
        return true;
    else if constexpr (std::equality_comparable<C>)
        return *static_cast<const C*>(a) == *static_cast<const C*>(b);
    else
        return a == b;
}

} // namespace detail

/// The kernels of the coupling C on cells of T, compiled where this template is instantiated.
///
/// A program of several files compiles them in one of them:
/// - everywhere: `extern template struct kuramoto::CompiledKernels<float, MyCoupling>;`
/// - in one file: `template struct kuramoto::CompiledKernels<float, MyCoupling>;`
template <class T, class C> struct CompiledKernels {
    /// One function per stage, kind of bond and instruction set.
    static const detail::CouplingKernels<T> table;
};
template <class T, class C>
constinit const detail::CouplingKernels<T> CompiledKernels<T, C>::table =
    detail::CouplingKernels<T>::template of<decltype(detail::prepared<T>(std::declval<const C&>()))>();

/// Any coupling for cells of T, as one type: a model of it takes any coupling at run time.
///
/// It has the kernels of the coupling that it was made of, and gives its bits. Everything above the kernels is compiled
/// once for all couplings: Model, MeanFieldModel, InertialModel, and each algorithm.
///
/// Members of an ensemble with such a coupling are advanced one after the other. Make the coupling with
/// `ensemble_coupling` of runtime/ensembles.hpp to advance them side by side. The bits are the same.
///
/// Cost: as the coupling itself; a kernel is called through a pointer either way. A copy counts a reference.
template <class T> class AnyCoupling {
  public:
    /// The precision of the cells.
    using cell_type = T;
    /// Says nothing of the coupling: its kernels know whether it is odd.
    static constexpr bool odd = false;

    /// Declared alone, so that this is a coupling: the algorithms call the kernels.
    template <class V> V operator()(const V& difference) const;

    /// Copies the coupling, with its constants computed once.
    ///
    /// Throws: std::invalid_argument if a parameter is invalid, as the coupling's `prepared`.
    template <class C>
    requires(!std::is_same_v<C, AnyCoupling> && Coupling<C, T>)
    explicit AnyCoupling(const C& coupling) : kernels_(&CompiledKernels<T, C>::table) {
        using Prepared = decltype(detail::prepared<T>(coupling));
        are_equal_ = detail::have_equal_parameters<Prepared>;
        prepared_ = std::make_shared<const Prepared>(detail::prepared<T>(coupling));
        if constexpr (HasMaxSlope<C>) max_slope_ = detail::max_slope_of(coupling);
    }

    /// The largest |f'(d)|; NaN if the coupling has no `max_slope`. Then max_stable_dt is NaN too.
    [[nodiscard]] double max_slope() const noexcept { return max_slope_; }
    /// Whether both were made of the same type of coupling with equal parameters. If that type has no operator==:
    /// whether both are copies of one AnyCoupling.
    [[nodiscard]] bool operator==(const AnyCoupling& other) const {
        return kernels_ == other.kernels_ && are_equal_(address(), other.address());
    }
    /// Names the flags on which this type depends. Two libraries of one version that are loaded at run time can
    /// exchange compiled couplings if the names agree.
    [[nodiscard]] static const char* layout() noexcept { return KURAMOTO_TEXT(KURAMOTO_BUILD); }
    /// For the algorithms: the kernels, compiled.
    [[nodiscard]] const detail::CouplingKernels<T>& kernels() const noexcept { return *kernels_; }
    /// For the algorithms: the kernels for ensembles, compiled; null if there are none.
    [[nodiscard]] const detail::EnsembleKernels<T>* ensemble_kernels() const noexcept { return ensemble_kernels_; }
    /// For `ensemble_coupling`: the same coupling with kernels for ensembles, which must be those of its type.
    [[nodiscard]] AnyCoupling with_ensemble_kernels(const detail::EnsembleKernels<T>& kernels) const {
        AnyCoupling coupling = *this;
        coupling.ensemble_kernels_ = &kernels;
        return coupling;
    }
    /// For the algorithms: what the kernels call.
    [[nodiscard]] const void* address() const noexcept { return prepared_.get(); }

  private:
    const detail::CouplingKernels<T>* kernels_;
    const detail::EnsembleKernels<T>* ensemble_kernels_ = nullptr;
    std::shared_ptr<const void> prepared_;
    bool (*are_equal_)(const void*, const void*);
    double max_slope_ = std::numeric_limits<double>::quiet_NaN();
};

KURAMOTO_END_NAMESPACE

#undef KURAMOTO_TEXT
#undef KURAMOTO_TEXT_OF
