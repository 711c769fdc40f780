// Couplings by name.
#pragma once

#include <kuramoto/model/boundary.hpp>
#include <kuramoto/model/coupling.hpp>
#include <kuramoto/runtime/any_coupling.hpp>
#include <kuramoto/runtime/names.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// The couplings of the library.
enum class CouplingKind {
    sine,      ///< Sine
    linear,    ///< Linear
    sakaguchi, ///< SakaguchiSine
    harmonics, ///< Harmonics
};
/// The names of the couplings.
template <> struct Names<CouplingKind> {
    /// What the names are those of, for messages.
    static constexpr const char* what = "coupling";
    /// In the order of the enumerators.
    static constexpr std::string_view words[] = {"sine", "linear", "sakaguchi", "harmonics"};
};

/// The most numbers of "harmonics". A sum of more is a coupling to write in C++.
inline constexpr std::size_t max_harmonics = 8;

/// The parameters of a coupling, at most max_harmonics.
class CouplingNumbers {
  public:
    /// None.
    CouplingNumbers() noexcept = default;
    /// Copies a list.
    ///
    /// Throws: std::invalid_argument for more than max_harmonics numbers.
    KURAMOTO_PER_BUILD
    CouplingNumbers(std::initializer_list<double> numbers) : CouplingNumbers(numbers.begin(), numbers.size()) {}
    /// Copies numbers in a row.
    ///
    /// Throws: std::invalid_argument for more than max_harmonics numbers.
    template <NumbersInARow V, class = Build>
    CouplingNumbers(const V& numbers) : CouplingNumbers(numbers.data(), static_cast<std::size_t>(numbers.size())) {}

    /// How many there are.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The first one; the others follow.
    [[nodiscard]] const double* data() const noexcept { return numbers_; }
    /// Whether all are the same.
    bool operator==(const CouplingNumbers&) const = default;

  private:
    KURAMOTO_PER_BUILD
    CouplingNumbers(const double* numbers, std::size_t size) : size_(size) {
        if (size > max_harmonics)
            detail::invalid_argument("a coupling takes at most " + detail::integer_text(max_harmonics) +
                                     " numbers, but is given " + detail::integer_text(size));
        for (std::size_t k = 0; k < size; ++k) numbers_[k] = numbers[k];
    }

    double numbers_[max_harmonics] = {};
    std::size_t size_ = 0;
};

/// A coupling and its numbers: none for sine and linear, the lag α (rad) for sakaguchi, a₁ … aₙ for harmonics.
struct NamedCoupling {
    CouplingKind kind = CouplingKind::sine; ///< which coupling
    CouplingNumbers numbers = {};           ///< its parameters

    /// Whether two are the same.
    bool operator==(const NamedCoupling&) const = default;
};

} // namespace runtime

namespace detail {

inline void check_numbers(const runtime::NamedCoupling& coupling, std::size_t least, std::size_t most) {
    const std::size_t count = coupling.numbers.size();
    if (count >= least && count <= most) return;
    const std::string range = least == most ? integer_text(least) : integer_text(least) + " to " + integer_text(most);
    invalid_argument("coupling '" + std::string(runtime::name_of(coupling.kind)) + "' takes " + range + " " +
                     (most == 1 ? "number" : "numbers") + ", but has " + integer_text(count));
}

/// The first n numbers of `from`, and zeros behind them, which change no bit of the sum.
template <std::size_t n> Harmonics<n> harmonics_of(const runtime::CouplingNumbers& from) {
    Harmonics<n> harmonics{};
    for (std::size_t k = 0; k < n; ++k) harmonics.a[k] = k < from.size() ? from.data()[k] : 0.0;
    return harmonics;
}

/// use(coupling), with the named coupling as a type of the library.
template <class Use> auto with_coupling(const runtime::NamedCoupling& coupling, const Use& use) {
    const runtime::CouplingNumbers& numbers = coupling.numbers;
    switch (coupling.kind) {
    case runtime::CouplingKind::linear:
        check_numbers(coupling, 0, 0);
        return use(Linear{});
    case runtime::CouplingKind::sakaguchi:
        check_numbers(coupling, 1, 1);
        return use(SakaguchiSine{numbers.data()[0]});
    case runtime::CouplingKind::harmonics:
        check_numbers(coupling, 1, runtime::max_harmonics);
        if (numbers.size() <= 3) return use(harmonics_of<3>(numbers));
        return use(harmonics_of<runtime::max_harmonics>(numbers));
    case runtime::CouplingKind::sine:
        break;
    }
    check_numbers(coupling, 0, 0);
    return use(Sine{});
}

} // namespace detail

namespace runtime {

/// The coupling for cells of T.
///
/// Throws: std::invalid_argument for too few or too many numbers, and as the coupling itself.
template <class T> [[nodiscard]] AnyCoupling<T> any_coupling(const NamedCoupling& coupling) {
    return detail::with_coupling(coupling, [](const auto& typed) { return AnyCoupling<T>(typed); });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
