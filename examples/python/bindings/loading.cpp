// Couplings from libraries that compile_coupling has built.
#include "model.hpp"

#include <dlfcn.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

template <class Function> Function* symbol(void* library, const char* name, const std::string& path) {
    void* const found = dlsym(library, name);
    if (found == nullptr) throw std::runtime_error(path + " is not a coupling: it has no " + name);
    return reinterpret_cast<Function*>(found);
}

template <class T> km::AnyCoupling<T> taken(void* from) {
    const std::unique_ptr<km::AnyCoupling<T>> made(static_cast<km::AnyCoupling<T>*>(from));
    return *made;
}

std::shared_ptr<LoadedCoupling> load_coupling(const std::string& path, const std::string& expression) {
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(std::string("cannot load a coupling: ") + dlerror());
    const std::string layout = symbol<const char*()>(library, "kuramoto_coupling_layout", path)();
    if (layout != km::AnyCoupling<float>::layout())
        throw std::runtime_error(path + " was built for " + layout + ", but this module for " +
                                 km::AnyCoupling<float>::layout());
    return std::make_shared<LoadedCoupling>(
        LoadedCoupling{expression, taken<float>(symbol<void*()>(library, "kuramoto_coupling_float32", path)()),
                       taken<double>(symbol<void*()>(library, "kuramoto_coupling_float64", path)())});
}

} // namespace

void bind_loading(py::module_& module) {
    module.def("_load_coupling", &load_coupling, "path"_a, "expression"_a);
    module.def("_coupling_layout", &km::AnyCoupling<float>::layout);
}

} // namespace kuramoto_python
