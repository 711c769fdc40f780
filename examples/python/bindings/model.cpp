#include "model.hpp"

#include <kuramoto/model/bonds.hpp>
#include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>

#include <pybind11/stl.h>

#include <cmath>
#include <utility>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

/// A number. Throws TypeError or ValueError, naming the argument, for anything else.
double number_of(py::handle argument, const std::string& name, const char* expected = "a number") {
    const bool is_number = PyFloat_Check(argument.ptr()) != 0 || PyNumber_Check(argument.ptr()) != 0;
    if (is_number && !is_array(argument)) {
        const double number = PyFloat_AsDouble(argument.ptr());
        if (PyErr_Occurred() == nullptr) return number;
        const py::error_already_set error;
        if (error.matches(PyExc_OverflowError)) throw py::value_error(name + " is too large for a number of 64 bits");
    }
    throw py::type_error(name + " must be " + expected + ", but is of type " + type_of(argument));
}

} // namespace

NumberOrArray number_or_array(py::handle argument, const char* name) {
    if (is_array(argument)) return {.array = readable(argument, name)};
    return {.number = number_of(argument, name, "a number or an array")};
}

namespace {

/// The numbers of a sequence or of an array of one dimension. Throws TypeError or ValueError, naming the argument.
std::vector<double> numbers_of(py::handle argument, const char* name) {
    if (is_array(argument)) {
        const py::array array = py::module_::import("numpy").attr("asarray")(argument);
        if (array.ndim() != 1)
            throw py::value_error(std::string(name) + " must have one dimension, but its shape is " +
                                  std::string(py::str(array.attr("shape"))));
        return numbers_of(array.attr("tolist")(), name);
    }
    std::vector<double> numbers;
    for (const py::handle item : py::reinterpret_borrow<py::sequence>(argument))
        numbers.push_back(number_of(item, std::string(name) + "[" + std::to_string(numbers.size()) + "]"));
    return numbers;
}

/// fixed_phase(…) and fixed_flux(…) of Python.
struct Condition {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
    Side side;
};

Side side_of_values(km::BoundaryKind kind, py::handle values, const char* name) {
    Side side;
    side.condition.kind = kind;
    if (py::isinstance<py::bytes>(values) || py::isinstance<py::bytearray>(values))
        throw py::type_error(std::string(name) + " must be a number or numbers, but is of type " + type_of(values));
    const bool has_items = py::isinstance<py::sequence>(values) && !py::isinstance<py::array>(values);
    if (!is_array(values) && !has_items) { // a number, perhaps as an array without dimensions
        side.condition.value = number_or_array(values, name).number;
        return side;
    }
    auto numbers = std::make_shared<const std::vector<double>>(numbers_of(values, name));
    side.condition.values = numbers->data();
    side.condition.count = static_cast<std::ptrdiff_t>(numbers->size());
    side.values = std::move(numbers);
    return side;
}

Side side_of(py::handle argument, const std::string& name) {
    if (py::isinstance<Condition>(argument)) return py::cast<const Condition&>(argument).side;
    if (py::isinstance<py::str>(argument)) {
        const auto word = py::cast<std::string>(argument);
        if (word == "zero_flux") return {};
        if (word == "periodic") return {.condition = km::periodic};
        throw py::value_error(name + " must be zero_flux, periodic, fixed_phase(…) or fixed_flux(…), but is '" + word +
                              "'");
    }
    throw py::type_error(name + " must be a word, fixed_phase(…) or fixed_flux(…), but is of type " +
                         type_of(argument));
}

/// Python's Coupling: one of the library's.
struct Named : rt::NamedCoupling {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
};

CouplingArgument coupling_of(py::handle argument) {
    if (py::isinstance<Named>(argument)) return rt::NamedCoupling(py::cast<const Named&>(argument));
    if (py::isinstance<LoadedCoupling>(argument))
        return std::shared_ptr<const LoadedCoupling>(py::cast<std::shared_ptr<LoadedCoupling>>(argument));
    if (py::isinstance<py::str>(argument)) {
        const rt::NamedCoupling named{.kind = rt::named<rt::CouplingKind>(py::cast<std::string>(argument))};
        if (named.kind == rt::CouplingKind::sakaguchi)
            throw py::value_error("coupling 'sakaguchi' needs its lag: write SakaguchiSine(lag)");
        if (named.kind == rt::CouplingKind::harmonics)
            throw py::value_error("coupling 'harmonics' needs its numbers: write Harmonics([a1, a2, …])");
        return named;
    }
    if (PyCallable_Check(argument.ptr()) != 0)
        throw py::type_error(
            "coupling is a function of Python, which would be called for every bond: write "
            "compile_coupling(\"sin(d) + 0.1 * sin(2 * d)\"), or a coupling in C++ (docs/extending.md)");
    throw py::type_error("coupling must be a word, a coupling or None, but is of type " + type_of(argument));
}

std::string text_of(const CouplingArgument& coupling) {
    if (const auto* loaded = std::get_if<std::shared_ptr<const LoadedCoupling>>(&coupling))
        return "compile_coupling(\"" + (*loaded)->expression + "\")";
    const auto& named = std::get<rt::NamedCoupling>(coupling);
    const double* const first = named.numbers.data();
    const std::string numbers = py::str(py::cast(std::vector<double>(first, first + named.numbers.size())));
    switch (named.kind) {
    case rt::CouplingKind::linear:
        return "Linear()";
    case rt::CouplingKind::sakaguchi:
        return "SakaguchiSine(" + numbers.substr(1, numbers.size() - 2) + ")";
    case rt::CouplingKind::harmonics:
        return "Harmonics(" + numbers + ")";
    case rt::CouplingKind::sine:
        break;
    }
    return "Sine()";
}

} // namespace

OwnedBoundary boundary_of(py::handle argument) {
    if (py::isinstance<Model>(argument)) {
        const auto& model = py::cast<const Model&>(argument);
        if (!model.has_lattice()) throw py::value_error("the model has no lattice, and thus no boundary");
        return model.boundary();
    }
    if (!py::isinstance<py::dict>(argument)) {
        const Side side = side_of(argument, "boundary");
        return {side, side, side, side};
    }
    OwnedBoundary boundary;
    for (const auto& [key, value] : py::cast<py::dict>(argument)) {
        const std::string name = py::str(key);
        const Side side = side_of(value, "boundary['" + name + "']");
        if (name == "north")
            boundary.north = side;
        else if (name == "south")
            boundary.south = side;
        else if (name == "west")
            boundary.west = side;
        else if (name == "east")
            boundary.east = side;
        else
            throw py::value_error("boundary has the sides north, south, west and east, but names '" + name + "'");
    }
    return boundary;
}

Model::Model(const ModelArguments& given) : K_(given.K), omega_(number_or_array(given.omega, "omega")) {
    if (omega_.array) look_at(*omega_.array, "omega");
    if (!given.coupling.is_none()) coupling_ = coupling_of(given.coupling);
    boundary_ = kuramoto_python::boundary_of(given.boundary);
    if (!given.bonds.is_none()) {
        if (!py::isinstance<py::sequence>(given.bonds) || py::len(given.bonds) != 2)
            throw py::type_error("bonds must be two arrays, (east, south)");
        const auto pair = py::cast<py::sequence>(given.bonds);
        bonds_ = std::pair(readable(pair[0], "bonds[0]"), readable(pair[1], "bonds[1]"));
        look_at(bonds_->first, "bonds[0]");
        look_at(bonds_->second, "bonds[1]");
    }
    if (!given.mean_field.is_none()) {
        if (!py::isinstance<OfPython<km::MeanField>>(given.mean_field))
            throw py::type_error("mean_field must be a MeanField or None");
        mean_field_ = py::cast<const OfPython<km::MeanField>&>(given.mean_field);
    }
    if (!given.inertia.is_none()) {
        if (!py::isinstance<Inertia>(given.inertia)) throw py::type_error("inertia must be an Inertia or None");
        inertia_ = py::cast<Inertia>(given.inertia);
        if (inertia_->mass.array) look_at(*inertia_->mass.array, "inertia.mass");
        if (inertia_->damping.array) look_at(*inertia_->damping.array, "inertia.damping");
    }
    if (!coupling_ && !mean_field_)
        throw py::value_error("coupling and mean_field are both None: the model couples nothing");
    if (!coupling_ && (bonds_ || !given.mask.is_none()))
        throw py::value_error("coupling is None: a model without a lattice has neither bonds nor a mask");
    if (mean_field_ && !given.mask.is_none())
        throw py::value_error("mask with mean_field: the mean field would count the missing cells");
    if (precision_ && precision_->first)
        check_numbers<float>();
    else
        check_numbers<double>();
    if (!given.mask.is_none()) take_mask(given.mask);
}

/// The bonds are those of the mask as it is now: they are made now if one precision is the only one, otherwise of a
/// copy, which has a byte per cell.
void Model::take_mask(py::handle mask) {
    const bool is_bool = is_bool_array(mask);
    if (!is_bool) look_at(readable_mask(mask, "mask"), "mask");
    const py::array cells = py::module_::import("numpy").attr("asarray")(mask);
    if (cells.ndim() != 2)
        throw py::value_error("mask must have two dimensions, but its shape is " +
                              std::string(py::str(cells.attr("shape"))));
    mask_shape_ = Array{.rows = cells.shape(0), .cols = cells.shape(1)};
    if (bonds_) {
        check_mask_fits(bonds_->first, "bonds[0]");
        check_mask_fits(bonds_->second, "bonds[1]");
    }
    mask_ = cells;
    if (precision_ && precision_->first)
        static_cast<void>(typed<float>());
    else if (precision_)
        static_cast<void>(typed<double>());
    else
        mask_ = cells.attr("copy")();
    if (precision_) mask_ = py::none();
}

/// Has the library check what is a number: on an empty lattice, where every field is replaced by a number that passes.
template <class T> void Model::check_numbers() const {
    rt::ModelChoice<T> model{.K = K_, .coupling = coupling<T>(), .boundary = boundary_.view()};
    for (km::BoundaryCondition* side :
         {&model.boundary.north, &model.boundary.south, &model.boundary.west, &model.boundary.east})
        if (side->values != nullptr) *side = {.kind = side->kind};
    if (!omega_.array) model.omega = omega_.number;
    model.mean_field = mean_field_;
    if (inertia_) {
        model.inertia = km::InertiaFields<T>{.mass = 1.0, .damping = 0.0};
        if (!inertia_->mass.array) model.inertia->mass = inertia_->mass.number;
        if (!inertia_->damping.array) model.inertia->damping = inertia_->damping.number;
    }
    rt::rate(km::AnyPolicy(km::Fused{}), model, km::Grid<const T>(), km::Grid<T>());
}

void Model::check_mask_fits(const Array& cells, const char* name) const {
    if (mask_shape_) check_same_shape(*mask_shape_, "mask", cells, name);
}

void Model::look_at(const Array& array, const char* name) {
    if (!precision_) precision_ = std::pair(array.is_float32, std::string(name));
    check_same_precision(array.is_float32, name, precision_->first, precision_->second);
}

template <> Model::Kept<float>& Model::slot<float>() const { return float32_; }
template <> Model::Kept<double>& Model::slot<double>() const { return float64_; }

template <class T> std::optional<km::AnyCoupling<T>> Model::coupling() const {
    if (!coupling_) return std::nullopt;
    if (const auto* named = std::get_if<rt::NamedCoupling>(&*coupling_)) return rt::any_ensemble_coupling<T>(*named);
    const LoadedCoupling& loaded = *std::get<std::shared_ptr<const LoadedCoupling>>(*coupling_);
    if constexpr (std::is_same_v<T, float>)
        return loaded.float32;
    else
        return loaded.float64;
}

template <class T> const rt::ModelChoice<T>& Model::typed(const char* name) const {
    Kept<T>& kept = slot<T>();
    if (kept) return kept->model;
    if (precision_)
        check_same_precision(std::is_same_v<T, float>, name, precision_->first, precision_->second + " of the model");
    Kept<T> made_now = made<T>();
    // Another thread may have made and used one: the lock can change hands while an array is looked at.
    if (!kept) kept = std::move(made_now);
    return kept->model;
}

template <class T> std::unique_ptr<Model::Typed<T>> Model::made() const {
    auto to = std::make_unique<Typed<T>>();
    rt::ModelChoice<T>& model = to->model;
    model = {.K = K_, .coupling = coupling<T>(), .boundary = boundary_.view(), .omega = omega_.value<T>()};
    if (bonds_) model.bonds = km::BondStrengths<T>{bonds_->first.grid<const T>(), bonds_->second.grid<const T>()};
    if (mask_shape_) {
        const Mask<T> present(mask_, "mask");
        const km::Grid<const T> cells = present.view();
        if (bonds_) {
            to->east = km::Field<T>(model.bonds->east);
            to->south = km::Field<T>(model.bonds->south);
        } else {
            to->east = km::Field<T>(cells.rows(), cells.cols());
            to->south = km::Field<T>(cells.rows(), cells.cols());
            to->east.fill(1);
            to->south.fill(1);
        }
        km::remove_cells(cells, to->east, to->south);
        model.bonds = km::BondStrengths<T>{to->east, to->south};
    }
    model.mean_field = mean_field_;
    if (inertia_)
        model.inertia =
            km::InertiaFields<T>{.mass = inertia_->mass.value<T>(), .damping = inertia_->damping.value<T>()};
    return to;
}
template const rt::ModelChoice<float>& Model::typed<float>(const char*) const;
template const rt::ModelChoice<double>& Model::typed<double>(const char*) const;

bool Model::is_sine() const noexcept {
    const auto* named = coupling_ ? std::get_if<rt::NamedCoupling>(&*coupling_) : nullptr;
    return named != nullptr && named->kind == rt::CouplingKind::sine;
}

std::string Model::text() const {
    std::string text = "Model(K=" + std::string(py::repr(py::float_(K_)));
    text += ", omega=" + (omega_.array ? std::string("array") : std::string(py::repr(py::float_(omega_.number))));
    text += ", coupling=" + (coupling_ ? text_of(*coupling_) : std::string("None"));
    if (bonds_) text += ", bonds=(array, array)";
    if (mask_shape_) text += ", mask=array";
    if (mean_field_)
        text += ", mean_field=MeanField(" + std::string(py::repr(py::float_(mean_field_->K))) + ", " +
                std::string(py::repr(py::float_(mean_field_->lag))) + ")";
    if (inertia_) text += ", inertia=Inertia(…)";
    return text + ")";
}

namespace {

// One type of Python per coupling; all are Named.
template <rt::CouplingKind kind> struct CouplingOf : Named {};
template <rt::CouplingKind kind> std::unique_ptr<CouplingOf<kind>> checked_coupling(std::vector<double> numbers) {
    CouplingOf<kind> coupling;
    coupling.kind = kind;
    coupling.numbers = std::move(numbers);
    static_cast<void>(rt::any_coupling<double>(coupling)); // throws for numbers that are invalid
    return made_for_python(std::move(coupling));
}

} // namespace

void bind_model(py::module_& module) {
    using rt::CouplingKind;
    py::class_<Named>(module, "Coupling",
                      "A coupling f of the library: the flux across a bond, from a phase difference.")
        .def("__repr__", [](const Named& self) { return text_of(self); })
        .def("__eq__",
             [](const Named& self, py::object other) {
                 return py::isinstance<Named>(other) && self == py::cast<const Named&>(other);
             })
        .def("__hash__", [](const Named& self) { return py::hash(py::str(text_of(self))); });
    py::class_<CouplingOf<CouplingKind::sine>, Named>(module, "Sine",
                                                      "f(d) = sin d: the coupling of the Kuramoto lattice.")
        .def(py::init([] { return checked_coupling<CouplingKind::sine>({}); }));
    py::class_<CouplingOf<CouplingKind::linear>, Named>(module, "Linear",
                                                        "f(d) = d: diffusion, the limit of small differences.")
        .def(py::init([] { return checked_coupling<CouplingKind::linear>({}); }));
    py::class_<CouplingOf<CouplingKind::sakaguchi>, Named>(module, "SakaguchiSine",
                                                           R"(f(d) = sin(d − α): a sine with a phase lag α.

Parameters
----------
lag : float
    α, rad. Finite.

Notes
-----
Not odd: f(0) = −sin α drives even a synchronous lattice. Sakaguchi & Kuramoto,
Progress of Theoretical Physics 76 (1986) 576.)")
        .def(py::init([](double lag) { return checked_coupling<CouplingKind::sakaguchi>({lag}); }), "lag"_a);
    py::class_<CouplingOf<CouplingKind::harmonics>, Named>(module, "Harmonics",
                                                           R"(f(d) = Σ aₖ sin kd: a coupling with higher harmonics.

Parameters
----------
a : sequence of float
    a₁, a₂, …: one to eight finite numbers.

Notes
-----
Daido, Physical Review Letters 73 (1994) 760.)")
        .def(py::init([](std::vector<double> a) { return checked_coupling<CouplingKind::harmonics>(std::move(a)); }),
             "a"_a);
    py::class_<LoadedCoupling, std::shared_ptr<LoadedCoupling>>(module, "CompiledCoupling",
                                                                "A coupling that compile_coupling has compiled.")
        .def("__repr__", [](const std::shared_ptr<LoadedCoupling>& self) {
            return text_of(std::shared_ptr<const LoadedCoupling>(self));
        });

    py::class_<Condition>(module, "BoundaryCondition",
                          "What lies beyond one side of a lattice: see fixed_phase and fixed_flux.")
        .def("__repr__", [](const Condition& self) {
            const km::BoundaryCondition& is = self.side.condition;
            const std::string values = is.values == nullptr ? std::string(py::repr(py::float_(is.value)))
                                                            : "[" + std::to_string(is.count) + " numbers]";
            return (is.kind == km::BoundaryKind::fixed_phase ? "fixed_phase(" : "fixed_flux(") + values + ")";
        });
    module.def(
        "fixed_phase",
        [](py::object phase) {
            return made_for_python(Condition{side_of_values(km::BoundaryKind::fixed_phase, phase, "phase")});
        },
        "phase"_a, R"(A side beyond which the phases do not change (Dirichlet).

Parameters
----------
phase : float or array of float
    In rad: one number, or one per cell along the side. An array is copied.)");
    module.def(
        "fixed_flux",
        [](py::object flux) {
            return made_for_python(Condition{side_of_values(km::BoundaryKind::fixed_flux, flux, "flux")});
        },
        "flux"_a,
        R"(A side across which the flux is given (Neumann): the rate of its cells gains K · flux.

Parameters
----------
flux : float or array of float
    Dimensionless: one number, or one per cell along the side. An array is copied.)");

    py::class_<OfPython<km::MeanField>>(module, "MeanField", R"(Coupling to all cells: (K/N) Σ_j sin(θ_j − θ_i − α).

Parameters
----------
K : float
    Coupling strength, 1 / time; may be negative.
lag : float, optional
    α, rad.)")
        .def(py::init(
                 [](double K, double lag) { return made_for_python(OfPython<km::MeanField>{{.K = K, .lag = lag}}); }),
             "K"_a, "lag"_a = 0.0)
        .def_readonly("K", &km::MeanField::K)
        .def_readonly("lag", &km::MeanField::lag);
    py::class_<Inertia>(module, "Inertia", R"(Mass and damping in m θ̈ + γ θ̇ = ….

Parameters
----------
mass : float or array
    m, positive. An array is viewed and kept alive.
damping : float or array
    γ, not negative. An array is viewed and kept alive.)")
        .def(py::init([](py::object mass, py::object damping) {
                 return made_for_python(Inertia{number_or_array(mass, "mass"), number_or_array(damping, "damping")});
             }),
             "mass"_a = 1.0, "damping"_a = 0.0);

    py::class_<Model>(module, "Model", R"(A model: m θ̈ + γ θ̇ = ω + K Σ_j f(θ_j − θ_i) + mean field.

Without inertia the left-hand side is θ̇. The sum is over the four nearest neighbours.

Parameters
----------
K : float, optional
    Strength of the coupling to the neighbours, 1 / time; may be negative.
omega : float or array, optional
    Natural frequencies, rad / time. An array is viewed and kept alive.
coupling : str, coupling or None, optional
    f: "sine", "linear", Sine(), Linear(), SakaguchiSine(lag), Harmonics([a1, …]),
    or what compile_coupling returns. None: no lattice.
boundary : str, condition or dict, optional
    "zero_flux", "periodic", fixed_phase(…), fixed_flux(…), or a dict with one of
    them for each of "north", "south", "west", "east"; zero flux where none is named.
bonds : (east, south), optional
    Two arrays of strengths, factors of K: of the bond to the cell on the right and
    to the one below. Viewed and kept alive.
mask : array, optional
    0 or False where a cell is missing: such a cell has no bonds and obeys dθ/dt = ω.
    Copied. Pass it to observables too.
mean_field : MeanField, optional
    Coupling to all cells.
inertia : Inertia, optional
    Mass and damping.

Raises
------
TypeError, ValueError
    For arrays of different precision, and for what a part refuses.

Notes
-----
Arrays must have the shape and the precision of θ. The model holds no copy of
them, but with a mask it holds two arrays of strengths, from its first use on. Those
are made with the lock of the interpreter held: threads can share a new model.)")
        .def(py::init([](double K, py::object omega, py::object coupling, py::object boundary, py::object bonds,
                         py::object mask, py::object mean_field, py::object inertia) {
                 return made_for_python(
                     Model(ModelArguments{K, omega, coupling, boundary, bonds, mask, mean_field, inertia}));
             }),
             "K"_a = 1.0, "omega"_a = 0.0, "coupling"_a = "sine", "boundary"_a = "zero_flux", "bonds"_a = py::none(),
             "mask"_a = py::none(), "mean_field"_a = py::none(), "inertia"_a = py::none())
        .def_property_readonly("K", &Model::K, "Strength of the coupling to the neighbours, 1 / time.")
        .def_property_readonly("has_inertia", &Model::has_inertia, "Whether the state has velocities.")
        .def("__repr__", &Model::text);
}

} // namespace kuramoto_python
