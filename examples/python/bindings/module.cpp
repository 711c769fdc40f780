// kuramoto._core: the library for Python. The package around it is ../src/kuramoto/.
#include "model.hpp"

#include <kuramoto/version.hpp>

#include <string>

namespace km = kuramoto;
namespace py = pybind11;

namespace {

/// Has all classes refuse copy and pickle. pybind11 alone ends the process for the first two protocols of pickle.
void refuse_pickle(py::module_& module) {
    for (const auto& [name, member] : module.attr("__dict__").cast<py::dict>()) {
        if (!py::isinstance<py::type>(member) || PyExceptionClass_Check(member.ptr())) continue;
        const auto refuse = [](const py::object& self, const py::object&) -> py::object {
            throw py::type_error("cannot pickle or copy an object of " + kuramoto_python::type_of(self));
        };
        py::setattr(member, "__reduce_ex__",
                    py::cpp_function(refuse, py::name("__reduce_ex__"), py::is_method(member)));
    }
}

} // namespace

PYBIND11_MODULE(_core, module) {
    using namespace kuramoto_python;
    module.doc() = "Oscillators on a lattice: models, steppers, algorithms and observables on arrays of NumPy.";
    module.attr("__version__") = std::to_string(km::version_major) + "." + std::to_string(km::version_minor) + "." +
                                 std::to_string(km::version_patch);
    bind_model(module);
    bind_loading(module);
    bind_steppers(module);
    bind_policies(module);
    bind_algorithms(module);
    bind_ensembles(module);
    bind_observables(module);
    bind_initial(module);
    refuse_pickle(module);
}
