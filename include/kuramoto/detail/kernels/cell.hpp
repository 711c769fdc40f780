// The cell kernel: arithmetic on one cell after the other, without neighbours, over fields of consecutive cells.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
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
struct CellKernel {
    template <class V, class Operation>
    KURAMOTO_KERNEL_PART static void run(const Operation& given, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        const Operation operation = given; // a copy: what is stored cannot change it, so it stays in registers
        std::ptrdiff_t j = begin;
        for (; j + V::count <= end; j += V::count) operation(CellsAt<V, false>{j, V::count});
        if (j < end) operation(CellsAt<V, true>{j, static_cast<int>(end - j)});
    }
};

template <class Operation>
using CellFunction = void (*)(const Operation& operation, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept;

/// The cell kernel for an operation on cells of T.
template <class T, class Operation> CellFunction<Operation> cell_function(Isa isa) noexcept {
    return kernel_for<CellKernel, T, CellFunction<Operation>>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
