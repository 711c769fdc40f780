// Arrays of Python as views: what is wrong with one is said before anything is written, and none is copied.
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace kuramoto_python {

namespace km = kuramoto;
namespace py = pybind11;

/// Throws TypeError: an object of Python was used whose __init__ did not run.
[[noreturn]] void throw_unmade();

/// Makes an object for a type of Python whose `operator new` throws.
///
/// cls.__new__(cls) gives an object without a value. Where such an argument is used, pybind11 asks the class for
/// memory, and would call the function with what happens to lie there. The classes of arguments therefore refuse: they
/// declare an `operator new` that throws, and are made by this function alone.
template <class T> std::unique_ptr<T> made_for_python(T&& value) {
    return std::unique_ptr<T>(::new T(std::move(value)));
}

/// A type of the library as such a class.
template <class T> struct OfPython : T {
    static void* operator new(std::size_t) { throw_unmade(); }
};

/// A two-dimensional array of float32 or float64, and the object that owns its cells.
struct Array {
    void* data = nullptr;
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    std::ptrdiff_t row_stride = 0; ///< in cells
    std::ptrdiff_t col_stride = 1; ///< in cells
    bool is_float32 = false;
    py::object owner = {}; ///< keeps the cells alive

    template <class T> [[nodiscard]] km::Grid<T> grid() const {
        return {static_cast<T*>(data), rows, cols, row_stride, col_stride};
    }
};

/// The name of the type of an argument, for messages.
std::string type_of(py::handle argument);

/// Whether cells of a type are float32 (true) or float64 (false), in the byte order of this machine; nothing for other
/// types. Types that are equal need not be one object: those from pickle are not.
std::optional<bool> precision_of(const py::dtype& type);
/// Whether an argument dtype, anything that NumPy accepts, is float32 (true) or float64 (false). Throws TypeError
/// otherwise.
bool is_float32_argument(py::object dtype);

/// Whether an argument is an array, or something that NumPy can view: not a number, a list or None.
bool is_array(py::handle argument);

/// The array that an argument is. Throws TypeError or ValueError, naming the argument, for anything that cannot be
/// viewed as it lies: other types of cells, dimensions, byte orders and alignments, and what is read-only.
Array readable(py::handle argument, const char* name);
Array writable(py::handle argument, const char* name);

/// A new array, for results.
template <class T> py::array_t<T> new_array(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    return py::array_t<T>(std::vector<py::ssize_t>{rows, cols});
}
/// The argument `out`, or a new array of the shape and precision of `like` in place of None.
py::object out_or_new(py::object out, const Array& like);

/// "float32" or "float64".
const char* precision_name(bool is_float32) noexcept;

/// Throws TypeError unless both precisions are one, naming both: "D has cells of …, but theta has cells of …".
void check_same_precision(bool is_float32, const std::string& name, bool other_is_float32, const std::string& other);

inline void check_same_precision(const Array& array, const char* name, const Array& other, const char* other_name) {
    check_same_precision(array.is_float32, name, other.is_float32, other_name);
}

/// Throws ValueError unless two arrays have the same shape, naming both.
void check_same_shape(const Array& array, const char* name, const Array& other, const char* other_name);

/// A name of an argument in the library, and the one that it has in Python.
using ArgumentName = std::pair<std::string, std::string>;
/// A message of the library that begins or ends with an argument, with the names of Python.
std::string renamed(std::string message, std::initializer_list<ArgumentName> names);
/// Calls use(), and throws its std::invalid_argument with the names of Python. Needs no lock of the interpreter.
template <class Use> void with_renamed_errors(std::initializer_list<ArgumentName> names, const Use& use) {
    try {
        use();
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(renamed(error.what(), names));
    }
}

/// Whether an argument is an array of bool.
bool is_bool_array(py::handle argument);
/// As `readable`, for a mask that is not of bool: its messages say that bool is allowed, too.
Array readable_mask(py::handle argument, const char* name);

/// Calls use(grid) with a view of the precision of the array, Grid<T>.
template <class Use> decltype(auto) with_grid(const Array& array, const Use& use) {
    if (array.is_float32) return use(array.grid<float>());
    return use(array.grid<double>());
}

/// A mask of T: an array of T as it lies, or a copy of an array of bool; or no mask.
template <class T> class Mask {
  public:
    /// Throws as `readable`, for an array that is neither of T nor of bool, naming the argument.
    Mask(py::handle argument, const char* name);

    [[nodiscard]] bool is_given() const noexcept { return is_given_; }
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return array_.rows; }
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return array_.cols; }
    /// The view; without cells if there is no mask.
    [[nodiscard]] km::Grid<const T> view() const { return copy_.empty() ? array_.grid<const T>() : copy_.view(); }

  private:
    bool is_given_ = false;
    Array array_;
    km::Field<T> copy_;
};

extern template class Mask<float>;
extern template class Mask<double>;

/// Calls use(mask) with a mask for the library: a Grid<const T>, or AllCells if there is none.
template <class T, class Use> decltype(auto) with_mask(const Mask<T>& mask, const Use& use) {
    if (mask.is_given()) return use(mask.view());
    return use(km::AllCells{});
}

} // namespace kuramoto_python
