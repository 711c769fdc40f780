// Array passes: the lattice operator the way array languages work, one pass over memory per term.
//
//     d = θ[:, 1:] − θ[:, :-1];  d = f(d);  rate[:, :-1] += K d;  rate[:, 1:] −= K d      and the same along columns
//
// Each pass is a loop of lanes, as NumPy's are.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/has_kernels.hpp>
#include <kuramoto/execution/isa.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// One elementwise pass over n consecutive elements: out = operation(a, b, out).
template <class T> struct PassTask {
    std::ptrdiff_t count = 0;
    T* out = nullptr;
    const T* a = nullptr;
    const T* b = nullptr;
    T factor = 0;
    const void* coupling = nullptr;
};

/// out = a − b.
struct Subtract {
    template <class V> KURAMOTO_ALWAYS_INLINE static V value(const V& a, const V& b, const V&, const V&, const void*) {
        return a - b;
    }
};
/// out = f(a).
template <class C> struct ApplyCoupling {
    template <class V>
    [[__gnu__::__flatten__]] KURAMOTO_KERNEL_PART static V value(const V& a, const V&, const V&, const V&,
                                                                 const void* coupling) {
        return (*static_cast<const C*>(coupling))(a);
    }
};
/// out = a b, and 0 where b is.
struct MultiplyByStrength {
    template <class V> KURAMOTO_ALWAYS_INLINE static V value(const V& a, const V& b, const V&, const V&, const void*) {
        return blend(b != V(0), a * b, V(0));
    }
};
/// out = out + factor · a.
struct Accumulate {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static V value(const V& a, const V&, const V& out, const V& factor, const void*) {
        return fma(factor, a, out);
    }
};

template <class Operation> struct Pass {
    template <class V> KURAMOTO_KERNEL_PART static void run(const PassTask<typename V::value_type>& given) noexcept {
        const PassTask<typename V::value_type> task = given;
        const V factor = V(task.factor);
        std::ptrdiff_t j = 0;
        for (; j + V::count <= task.count; j += V::count)
            Operation::value(V::load(task.a + j), V::load(task.b + j), V::load(task.out + j), factor, task.coupling)
                .store(task.out + j);
        if (j < task.count) {
            const int n = static_cast<int>(task.count - j);
            store_first(task.out + j, n,
                        Operation::value(load_first(task.a + j, n, V(0)), load_first(task.b + j, n, V(0)),
                                         load_first(task.out + j, n, V(0)), factor, task.coupling));
        }
    }
};

template <class T> using PassFunction = void (*)(const PassTask<T>&) noexcept;

template <class T, class Operation> PassFunction<T> pass_function(Isa isa) noexcept {
    return kernel_for<Pass<Operation>, T, PassFunction<T>>(isa);
}

/// A coupling in array passes: the pass that calls it, and whether it is odd.
template <class T> class AnyCouplingPass {
  public:
    /// `coupling` has to outlive the pass.
    template <class C> AnyCouplingPass(const C& coupling, Isa isa) noexcept {
        if constexpr (HasKernels<C, T>) {
            function_ = coupling.kernels().pass(isa);
            coupling_ = coupling.address();
            is_odd_ = coupling.kernels().is_odd();
        } else {
            function_ = pass_function<T, ApplyCoupling<C>>(isa);
            coupling_ = &coupling;
            is_odd_ = C::odd;
        }
    }
    void operator()(T* values, std::ptrdiff_t n) const noexcept {
        function_({n, values, values, values, 0, coupling_});
    }
    [[nodiscard]] bool is_odd() const noexcept { return is_odd_; }

  private:
    PassFunction<T> function_ = nullptr;
    const void* coupling_ = nullptr;
    bool is_odd_ = true;
};

/// A contiguous array of rows × cols cells, as the passes work on.
template <class T> class Array {
  public:
    Array(std::ptrdiff_t rows, std::ptrdiff_t cols) : memory_(rows * cols), rows_(rows), cols_(cols) {}

    [[nodiscard]] T* row(std::ptrdiff_t i) const noexcept { return memory_.data() + i * cols_; }
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return cols_; }

    void read(const Grid<const T>& from) const noexcept {
        for (std::ptrdiff_t i = 0; i < rows_; ++i)
            for (std::ptrdiff_t j = 0; j < cols_; ++j)
                row(i)[j] = from.data()[i * from.row_stride() + j * from.col_stride()];
    }
    void write(const Grid<T>& to) const noexcept {
        for (std::ptrdiff_t i = 0; i < rows_; ++i)
            for (std::ptrdiff_t j = 0; j < cols_; ++j) to.data()[i * to.row_stride() + j * to.col_stride()] = row(i)[j];
    }
    void copy(const Array& from) const noexcept {
        for (std::ptrdiff_t k = 0; k < rows_ * cols_; ++k) memory_.data()[k] = from.memory_.data()[k];
    }
    void fill(T value) const noexcept {
        for (std::ptrdiff_t k = 0; k < rows_ * cols_; ++k) memory_.data()[k] = value;
    }

  private:
    Buffer<T> memory_;
    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
};

/// The lattice operator in array passes, with one temporary for the differences and their fluxes.
template <class T> class ArrayPasses {
  public:
    /// `east` and `south`: the strengths of the bonds, or grids without cells if all have the strength 1.
    ArrayPasses(std::ptrdiff_t rows, std::ptrdiff_t cols, const AnyCouplingPass<T>& couple, const Boundary& boundary,
                const Grid<const T>& east, const Grid<const T>& south, Isa isa)
        : differences_(rows, cols), line_(4, rows > cols ? rows : cols), east_(east.rows(), east.cols()),
          south_(south.rows(), south.cols()), couple_(couple), boundary_(boundary),
          subtract_(pass_function<T, Subtract>(isa)), multiply_(pass_function<T, MultiplyByStrength>(isa)),
          accumulate_(pass_function<T, Accumulate>(isa)) {
        east_.read(east);
        south_.read(south);
    }

    /// rate += K ∇·f(∇theta).
    void add_laplacian(const Array<T>& theta, T K, const Array<T>& rate) const noexcept {
        add_fluxes(theta, K, rate, east_, 0, 1);
        add_fluxes(theta, K, rate, south_, 1, 0);
        const std::ptrdiff_t rows = theta.rows();
        const std::ptrdiff_t cols = theta.cols();
        const std::ptrdiff_t last_row = (rows - 1) * cols;
        add_edge(theta, K, rate, boundary_.north, south_, {0, last_row, last_row, 1, cols});
        add_edge(theta, K, rate, boundary_.south, south_, {last_row, 0, last_row, 1, cols});
        add_edge(theta, K, rate, boundary_.west, east_, {0, cols - 1, cols - 1, cols, rows});
        add_edge(theta, K, rate, boundary_.east, east_, {cols - 1, 0, cols - 1, cols, rows});
    }

    /// theta += dt · rate.
    void add_step(const Array<T>& theta, T dt, const Array<T>& rate) const noexcept {
        for (std::ptrdiff_t i = 0; i < theta.rows(); ++i) accumulate(theta.row(i), dt, rate.row(i), theta.cols());
    }

  private:
    // The bonds between every cell and the one `down` rows and `right` columns further.
    void add_fluxes(const Array<T>& theta, T K, const Array<T>& rate, const Array<T>& strengths, std::ptrdiff_t down,
                    std::ptrdiff_t right) const noexcept {
        const std::ptrdiff_t rows = theta.rows() - down;
        const std::ptrdiff_t cols = theta.cols() - right;
        if (rows <= 0 || cols <= 0) return;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            difference(differences_.row(i), theta.row(i + down) + right, theta.row(i), cols);
        for (std::ptrdiff_t i = 0; i < rows; ++i) couple_(differences_.row(i), cols);
        for (std::ptrdiff_t i = 0; i < strengths.rows() - down; ++i)
            multiply(differences_.row(i), strengths.row(i), cols);
        for (std::ptrdiff_t i = 0; i < rows; ++i) accumulate(rate.row(i), K, differences_.row(i), cols);
        if (couple_.is_odd()) {
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                accumulate(rate.row(i + down) + right, -K, differences_.row(i), cols);
        } else {
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                difference(differences_.row(i), theta.row(i), theta.row(i + down) + right, cols);
            for (std::ptrdiff_t i = 0; i < rows; ++i) couple_(differences_.row(i), cols);
            for (std::ptrdiff_t i = 0; i < strengths.rows() - down; ++i)
                multiply(differences_.row(i), strengths.row(i), cols);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                accumulate(rate.row(i + down) + right, K, differences_.row(i), cols);
        }
    }

    // The cells along an edge: the first of them, the first at the opposite edge, and the first whose strengths are
    // those of the bonds between the two; how far apart, how many.
    struct CellsAlong {
        std::ptrdiff_t first = 0;
        std::ptrdiff_t opposite = 0;
        std::ptrdiff_t bond = 0;
        std::ptrdiff_t stride = 1;
        std::ptrdiff_t count = 0;
    };

    // The bonds between the cells along an edge and what is beyond, as the cells see them.
    void add_edge(const Array<T>& theta, T K, const Array<T>& rate, const BoundaryCondition& edge,
                  const Array<T>& strengths, const CellsAlong& cells) const noexcept {
        if (edge.kind == BoundaryKind::zero_flux) return;
        T* flux = line_.row(0);
        T* phase = line_.row(1);
        T* sum = line_.row(2);
        T* strength = line_.row(3);
        for (std::ptrdiff_t k = 0; k < cells.count; ++k) {
            const std::ptrdiff_t at = k * cells.stride;
            if (edge.kind == BoundaryKind::periodic)
                flux[k] = theta.row(0)[cells.opposite + at];
            else
                flux[k] = static_cast<T>(edge.values != nullptr ? edge.values[k] : edge.value);
            phase[k] = theta.row(0)[cells.first + at];
            sum[k] = rate.row(0)[cells.first + at];
        }
        if (edge.kind != BoundaryKind::fixed_flux) {
            difference(flux, flux, phase, cells.count);
            couple_(flux, cells.count);
        }
        if (edge.kind == BoundaryKind::periodic && strengths.rows() > 0) {
            for (std::ptrdiff_t k = 0; k < cells.count; ++k)
                strength[k] = strengths.row(0)[cells.bond + k * cells.stride];
            multiply(flux, strength, cells.count);
        }
        accumulate(sum, K, flux, cells.count);
        for (std::ptrdiff_t k = 0; k < cells.count; ++k) rate.row(0)[cells.first + k * cells.stride] = sum[k];
    }

    void difference(T* out, const T* a, const T* b, std::ptrdiff_t n) const noexcept {
        subtract_({n, out, a, b, 0, nullptr});
    }
    void multiply(T* values, const T* strengths, std::ptrdiff_t n) const noexcept {
        multiply_({n, values, values, strengths, 0, nullptr});
    }
    void accumulate(T* out, T factor, const T* a, std::ptrdiff_t n) const noexcept {
        accumulate_({n, out, a, a, factor, nullptr});
    }

    Array<T> differences_;
    Array<T> line_; // what is beyond an edge or the flux across it, the phases along it, their rates, and strengths
    Array<T> east_;
    Array<T> south_;
    AnyCouplingPass<T> couple_;
    Boundary boundary_;
    PassFunction<T> subtract_;
    PassFunction<T> multiply_;
    PassFunction<T> accumulate_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
