// The cell kernel: arithmetic on one cell after the other, without neighbours, over fields of consecutive cells.
#pragma once

#include <kuramoto/detail/simd/primitives.hpp>
#include <kuramoto/execution/isa.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// `count` cells from `first` on, in any field of consecutive cells; fewer than the lanes of V only with Tail.
template <class V, bool Tail> struct CellsAt {
    using Vector = V;
    using T = typename V::value_type;

    KURAMOTO_ALWAYS_INLINE V load(const T* field) const noexcept {
        if constexpr (Tail)
            return load_first(field + first, count, V(0));
        else
            return V::load(field + first);
    }
    KURAMOTO_ALWAYS_INLINE void store(T* field, const V& values) const noexcept {
        if constexpr (Tail)
            store_first(field + first, count, values);
        else
            values.store(field + first);
    }

    std::ptrdiff_t first;
    int count;
};

/// operation(cells) for the cells [begin, end), a vector of them at a time: written once as a template over CellsAt.
/// What an operation makes of a cell depends on that cell alone, so that it does not matter where vectors begin.
template <class V, class Operation>
KURAMOTO_KERNEL_PART void over_cells(const Operation& given, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
    const Operation operation = given; // a copy: what is stored cannot change it, so it stays in registers
    std::ptrdiff_t j = begin;
    for (; j + V::count <= end; j += V::count) operation(CellsAt<V, false>{j, V::count});
    if (j < end) operation(CellsAt<V, true>{j, static_cast<int>(end - j)});
}

template <class T, class Operation>
[[__gnu__::__flatten__]] void cells_baseline(const Operation& operation, std::ptrdiff_t begin,
                                             std::ptrdiff_t end) noexcept {
    over_cells<Lanes<T, Baseline>>(operation, begin, end);
}
#if KURAMOTO_X86
template <class T, class Operation>
KURAMOTO_TARGET_AVX2 [[__gnu__::__flatten__]] void cells_avx2(const Operation& operation, std::ptrdiff_t begin,
                                                              std::ptrdiff_t end) noexcept {
    over_cells<Lanes<T, Avx2>>(operation, begin, end);
}
template <class T, class Operation>
KURAMOTO_TARGET_AVX512 [[__gnu__::__flatten__]] void cells_avx512(const Operation& operation, std::ptrdiff_t begin,
                                                                  std::ptrdiff_t end) noexcept {
    over_cells<Lanes<T, Avx512>>(operation, begin, end);
}
#endif

template <class Operation>
using CellFunction = void (*)(const Operation& operation, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept;

/// The cell kernel for an instruction set that this processor has; T is what the cells hold.
template <class T, class Operation> CellFunction<Operation> cell_function(Isa isa) noexcept {
#if KURAMOTO_X86
    if (isa == Isa::avx512) return cells_avx512<T, Operation>;
    if (isa == Isa::avx2) return cells_avx2<T, Operation>;
#endif
    static_cast<void>(isa);
    return cells_baseline<T, Operation>;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
