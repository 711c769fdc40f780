// Shows how to work on memory that somebody else owns, without a copy: a std::vector, a column-major array (Fortran,
// Eigen, MATLAB), and a window of a larger array. Views differ in their strides; the results do not, to the bit. Ends
// with 1 if they do.
#include <kuramoto/kuramoto.hpp>

#include <cstddef>
#include <cstdio>
#include <vector>

namespace km = kuramoto;

constexpr std::ptrdiff_t rows = 37;
constexpr std::ptrdiff_t cols = 61;
constexpr double outside = -1.0;

/// Fills the phases and advances them by 300 steps; `omega` is a field of the library.
void run(km::Grid<double> theta, const km::Field<double>& omega) {
    km::uniform_phases(theta, 1);
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{.K = 2.0}, omega}, theta, 300);
}

/// Whether all cells are equal; prints the outcome.
bool agrees(const char* name, km::Grid<const double> theta, const km::Field<double>& expected) {
    std::ptrdiff_t different = 0;
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) different += theta(i, j) != expected(i, j);
    std::printf("%-28s %td of %td cells differ from the contiguous field\n", name, different, expected.size());
    return different == 0;
}

int main() {
    km::Field<double> omega(rows, cols), expected(rows, cols);
    km::normal_frequencies(omega, 0.0, 0.3, 2);
    run(expected, omega);

    // A vector: pointer, rows, columns; the rows lie one after the other.
    std::vector<double> vector(static_cast<std::size_t>(rows * cols));
    const km::Grid<double> of_vector(vector.data(), rows, cols);
    run(of_vector, omega);
    bool good = agrees("std::vector", of_vector, expected);

    // Column-major: the cells of a column lie side by side, so the row stride is 1 and the column stride is `rows`.
    std::vector<double> fortran(static_cast<std::size_t>(rows * cols));
    const km::Grid<double> column_major(fortran.data(), rows, cols, /*row_stride*/ 1, /*col_stride*/ rows);
    run(column_major, omega);
    good = agrees("column-major array", column_major, expected) && good;

    // A window: the lattice is a part of a larger array, whose other cells are left alone.
    std::vector<double> large(static_cast<std::size_t>(100 * 90), outside);
    const km::Grid<double> whole(large.data(), 100, 90);
    const km::Grid<double> window = whole.subgrid(/*row*/ 20, /*col*/ 10, rows, cols);
    run(window, omega);
    good = agrees("window of a larger array", window, expected) && good;

    std::ptrdiff_t changed = 0;
    for (const double value : large) changed += value != outside;
    std::printf("cells of the larger array that changed: %td; cells of the window: %td\n", changed, window.size());
    return good && changed == window.size() ? 0 : 1;
}
