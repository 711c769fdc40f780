// The arithmetic of an adaptive method other than its rates: linear combinations of rates, and the norm of the error.
//
// It uses the fused multiply-adds of the kernels. So its bits depend on the class of instruction set, not on the
// compiler and its flags.
#pragma once

#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The largest number of fields in a sum.
inline constexpr int most_terms = 7;

/// to = from + Σ factors · fields.
template <class T> struct Combination {
    const T* from = nullptr;
    T* to = nullptr;
    int count = 0;
    const T* fields[most_terms] = {};
    T factors[most_terms] = {};

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        V sum(0);
        for (int s = 0; s < count; ++s) sum = fma(V(factors[s]), at.load(fields[s]), sum);
        at.store(to, at.load(from) + sum);
    }
};

/// scale · Σ weights · fields: the argument of a norm.
template <class T> struct WeightedSum {
    int count = 0;
    const T* fields[most_terms] = {};
    double weights[most_terms] = {};
    double scale = 1;
};

/// The share of a cell in the norm: |value| / (absolute + relative · max(|before|, |after|)); 0 if the value is 0, even
/// if the tolerance is 0.
struct ToleranceShare {
    WeightedSum<double> value = {};
    const double* before = nullptr;
    const double* after = nullptr;
    double absolute = 0;
    double relative = 0;
    double* share = nullptr;

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        V sum(0);
        for (int s = 0; s < value.count; ++s) sum = fma(V(value.weights[s]), at.load(value.fields[s]), sum);
        const V size = magnitude_of(V(value.scale) * sum);
        const V old_size = magnitude_of(at.load(before));
        const V new_size = magnitude_of(at.load(after));
        const V tolerance = fma(V(relative), blend(new_size > old_size, new_size, old_size), V(absolute));
        typename V::Bits bits; // compared as integers: under -ffast-math a NaN may be equal to 0
        to_bits(size, bits);
        const typename V::Mask is_zero(bits == 0);
        at.store(share, size / blend(is_zero, V(1), tolerance));
    }
};

/// The sum of the squares of some shares, and of how many.
struct SquaresOfCells {
    BinnedSum squares;
    std::ptrdiff_t cells = 0;

    SquaresOfCells& operator+=(const SquaresOfCells& other) noexcept {
        squares += other.squares;
        cells += other.cells;
        return *this;
    }
};

/// The root mean square of the shares of all cells. Infinite if a square is beyond BinnedSum::limit.
template <class T> class ErrorNorm {
  public:
    ErrorNorm(double absolute, double relative, Isa isa, std::ptrdiff_t cells)
        : cells_(cells), share_function_(cell_function<double, ToleranceShare>(isa)),
          add_squares_(number_sum_function<true, double>(isa)) {
        tolerance_.absolute = absolute;
        tolerance_.relative = relative;
    }

    /// before, after: the phases to which the relative tolerance refers.
    template <class P>
    double operator()(const P& policy, const Execution& execution, const WeightedSum<T>& value, const T* before,
                      const T* after) const {
        const std::ptrdiff_t parts = (cells_ + piece - 1) / piece;
        const auto sum = sum_over_parts<SquaresOfCells>(
            policy, execution, parts, cells_, [&](std::ptrdiff_t part, SquaresOfCells& into) noexcept {
                const std::ptrdiff_t begin = part * piece;
                const std::ptrdiff_t count = cells_ - begin < piece ? cells_ - begin : piece;
                add_squares(value, before, after, begin, count, into.squares);
                into.cells += count;
            });
        return sealed(__builtin_sqrt(sum.squares.mean(sum.cells)));
    }

  private:
    static constexpr std::ptrdiff_t piece = 256; // cells on the stack at once

    // The numbers as doubles: the array itself, or a converted copy in `copy`.
    static const double* in_double(const double* from, std::ptrdiff_t, double*) noexcept { return from; }
    static const double* in_double(const float* from, std::ptrdiff_t count, double* copy) noexcept {
        for (std::ptrdiff_t k = 0; k < count; ++k) copy[k] = static_cast<double>(from[k]);
        return copy;
    }

    void add_squares(const WeightedSum<T>& value, const T* before, const T* after, std::ptrdiff_t begin,
                     std::ptrdiff_t count, BinnedSum& into) const noexcept {
        double copies[most_terms + 2][piece];
        double shares[piece];
        ToleranceShare here = tolerance_;
        here.value.count = value.count;
        here.value.scale = value.scale;
        for (int s = 0; s < value.count; ++s) {
            here.value.fields[s] = in_double(value.fields[s] + begin, count, copies[s]);
            here.value.weights[s] = value.weights[s];
        }
        here.before = in_double(before + begin, count, copies[most_terms]);
        here.after = in_double(after + begin, count, copies[most_terms + 1]);
        here.share = shares;
        share_function_(here, 0, count);
        add_squares_(shares, count, {}, into);
    }

    std::ptrdiff_t cells_;
    CellFunction<ToleranceShare> share_function_;
    NumberSumFunction<double> add_squares_;
    ToleranceShare tolerance_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
