// kuramoto._core: the library for Python. The package around it is ../src/kuramoto/.
#include "model.hpp"

#include <kuramoto/version.hpp>

#include <string>

namespace km = kuramoto;

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
    bind_observables(module);
    bind_initial(module);
}
