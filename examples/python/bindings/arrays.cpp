#include "arrays.hpp"

#include <algorithm>
#include <utility>

namespace kuramoto_python {

void throw_unmade() { throw py::type_error("an argument was made by __new__ alone: call its type instead"); }

std::string type_of(py::handle argument) { return py::str(py::type::handle_of(argument).attr("__name__")); }

std::optional<bool> precision_of(const py::dtype& type) {
    if (type.is(py::dtype::of<float>())) return true;
    if (type.is(py::dtype::of<double>())) return false;
    if (type.kind() != 'f' || !py::cast<bool>(type.attr("isnative"))) return std::nullopt;
    if (type.itemsize() == static_cast<py::ssize_t>(sizeof(float))) return true;
    if (type.itemsize() == static_cast<py::ssize_t>(sizeof(double))) return false;
    return std::nullopt;
}

bool is_float32_argument(py::object dtype) {
    const py::dtype type = py::dtype::from_args(std::move(dtype));
    const std::optional<bool> is_float32 = precision_of(type);
    if (!is_float32)
        throw py::type_error("dtype must be float32 or float64, but is " + std::string(py::str(py::object(type))));
    return *is_float32;
}

namespace {

/// A view of an argument as an array of NumPy. Nothing is copied: numbers, lists and the like are errors.
py::array viewed(py::handle argument, const char* name) {
    if (py::isinstance<py::array>(argument)) return py::reinterpret_borrow<py::array>(argument);
    const bool is_viewable = PyObject_CheckBuffer(argument.ptr()) != 0 || py::hasattr(argument, "__array_interface__");
    if (!is_viewable || py::isinstance<py::bytes>(argument))
        throw py::type_error(std::string(name) + " must be an array, but is of type " + type_of(argument));
    return py::module_::import("numpy").attr("asarray")(argument);
}

std::string shape_of(const py::array& array) { return py::str(array.attr("shape")); }

Array checked(py::handle argument, const char* name, bool is_written) {
    py::array array = viewed(argument, name);
    const std::string label(name);
    const py::dtype type = array.dtype();
    const std::optional<bool> is_float32 = precision_of(type);
    if (!is_float32)
        throw py::type_error(label +
                             " must have cells of float32 or float64 in the byte order of this machine, but has " +
                             std::string(py::str(py::object(type))));
    if (array.ndim() != 2)
        throw py::value_error(label + " must have two dimensions, but its shape is " + shape_of(array));
    if ((array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_) == 0)
        throw py::value_error(label + " must be aligned: its cells do not begin at multiples of their size");
    if (is_written && !array.writeable()) throw py::value_error(label + " must be writable, but is read-only");
    const py::ssize_t size = array.itemsize();
    const bool is_empty = array.size() == 0;
    if (!is_empty && (array.strides(0) % size != 0 || array.strides(1) % size != 0))
        throw py::value_error(label + " must have strides of whole cells, but they are " +
                              std::string(py::str(array.attr("strides"))) + " bytes");
    Array view;
    view.data = const_cast<void*>(array.data());
    view.rows = array.shape(0);
    view.cols = array.shape(1);
    view.row_stride = is_empty ? 0 : array.strides(0) / size;
    view.col_stride = is_empty ? 0 : array.strides(1) / size;
    view.is_float32 = *is_float32;
    view.owner = std::move(array);
    return view;
}

} // namespace

bool is_array(py::handle argument) {
    if (py::isinstance<py::array>(argument)) return py::reinterpret_borrow<py::array>(argument).ndim() > 0;
    return !py::isinstance<py::bytes>(argument) &&
           !py::isinstance(argument, py::module_::import("numpy").attr("generic")) &&
           (PyObject_CheckBuffer(argument.ptr()) != 0 || py::hasattr(argument, "__array_interface__"));
}

Array readable(py::handle argument, const char* name) { return checked(argument, name, false); }
Array writable(py::handle argument, const char* name) { return checked(argument, name, true); }

const char* precision_name(bool is_float32) noexcept { return is_float32 ? "float32" : "float64"; }

void check_same_precision(bool is_float32, const std::string& name, bool other_is_float32, const std::string& other) {
    if (is_float32 == other_is_float32) return;
    throw py::type_error(name + " has cells of " + precision_name(is_float32) + ", but " + other + " has cells of " +
                         precision_name(other_is_float32));
}

py::object out_or_new(py::object out, const Array& like) {
    if (!out.is_none()) return out;
    if (like.is_float32) return new_array<float>(like.rows, like.cols);
    return new_array<double>(like.rows, like.cols);
}

void check_same_shape(const Array& array, const char* name, const Array& other, const char* other_name) {
    if (array.rows == other.rows && array.cols == other.cols) return;
    const auto shape = [](const Array& of) { return std::to_string(of.rows) + " x " + std::to_string(of.cols); };
    throw py::value_error(std::string(name) + " is " + shape(array) + " cells, but " + other_name + " is " +
                          shape(other));
}

std::string renamed(std::string message, std::initializer_list<ArgumentName> names) {
    for (const auto& [name, python_name] : names) {
        if (message.starts_with(name + " ")) message.replace(0, name.size(), python_name);
        if (message.ends_with(" " + name)) message.replace(message.size() - name.size(), name.size(), python_name);
    }
    return message;
}

Array readable_mask(py::handle argument, const char* name) {
    if (!is_array(argument))
        throw py::type_error(std::string(name) + " must be an array, but is of type " + type_of(argument));
    const py::dtype type = viewed(argument, name).dtype();
    if (!precision_of(type))
        throw py::type_error(std::string(name) + " must have cells of bool, float32 or float64, but has " +
                             std::string(py::str(py::object(type))));
    return readable(argument, name);
}

bool is_bool_array(py::handle argument) { return is_array(argument) && viewed(argument, "").dtype().kind() == 'b'; }

template <class T> Mask<T>::Mask(py::handle argument, const char* name) {
    if (argument.is_none()) return;
    is_given_ = true;
    if (!is_bool_array(argument)) {
        array_ = readable_mask(argument, name);
        if (array_.is_float32 != std::is_same_v<T, float>)
            throw py::type_error(std::string(name) + " must have cells of bool or " +
                                 precision_name(std::is_same_v<T, float>) + ", but has cells of " +
                                 precision_name(array_.is_float32));
        return;
    }
    const py::array array = viewed(argument, name);
    if (array.ndim() != 2)
        throw py::value_error(std::string(name) + " must have two dimensions, but its shape is " + shape_of(array));
    copy_ = km::Field<T>(array.shape(0), array.shape(1));
    array_.rows = array.shape(0);
    array_.cols = array.shape(1);
    if (copy_.empty()) return;
    const auto* cells = static_cast<const char*>(array.data());
    for (py::ssize_t i = 0; i < array.shape(0); ++i)
        for (py::ssize_t j = 0; j < array.shape(1); ++j)
            copy_(i, j) = cells[i * array.strides(0) + j * array.strides(1)] != 0 ? T{1} : T{0};
}

template class Mask<float>;
template class Mask<double>;

} // namespace kuramoto_python
