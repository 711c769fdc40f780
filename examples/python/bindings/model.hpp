// The description of a run as Python has it, and what the library computes with.
#pragma once

#include "arrays.hpp"

#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuramoto_python {

namespace rt = kuramoto::runtime;

/// A number, or an array that is viewed and kept alive.
struct NumberOrArray {
    double number = 0;
    std::optional<Array> array = {};

    template <class T> [[nodiscard]] km::NumberOrField<T> value() const {
        if (array) return array->grid<const T>();
        return number;
    }
};

/// Throws TypeError or ValueError, naming the argument, for anything else.
NumberOrArray number_or_array(py::handle argument, const char* name);

/// m and γ.
struct Inertia {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
    NumberOrArray mass = {.number = 1.0};
    NumberOrArray damping = {.number = 0.0};
};

/// A coupling with its kernels from a library that was loaded, see compile_coupling. The library stays loaded.
struct LoadedCoupling {
    std::string expression;
    km::AnyCoupling<float> float32;
    km::AnyCoupling<double> float64;
};

/// One of the library's couplings, or a loaded one.
using CouplingArgument = std::variant<rt::NamedCoupling, std::shared_ptr<const LoadedCoupling>>;

/// The values along an edge, and the condition that views them.
struct Side {
    km::BoundaryCondition condition = {};
    std::shared_ptr<const std::vector<double>> values = {};
};

/// A boundary and the values along its edges.
struct OwnedBoundary {
    Side north = {};
    Side south = {};
    Side west = {};
    Side east = {};

    [[nodiscard]] km::Boundary view() const {
        return {north.condition, south.condition, west.condition, east.condition};
    }
};

/// The boundary that an argument names: a word, a condition, a dict of sides, or a model that has one.
OwnedBoundary boundary_of(py::handle argument);

/// What Python's Model(…) is given.
struct ModelArguments {
    double K = 1.0;
    py::object omega;
    py::object coupling;
    py::object boundary;
    py::object bonds;
    py::object mask;
    py::object mean_field;
    py::object inertia;
};

/// Python's Model. It keeps its arrays alive, and is made into the library's model of a precision at its first use.
///
/// The lock of the interpreter is held while that is made, so that threads can use a new model at the same time.
class Model {
  public:
    explicit Model(const ModelArguments& given);
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python

    /// The library's model for cells of T, as `name` has them. Throws TypeError if the arrays of the model have others.
    template <class T> [[nodiscard]] const rt::ModelChoice<T>& typed(const char* name = "theta") const;

    /// Whether the arrays of the model are float32, and the one that says so; nothing without arrays of numbers.
    [[nodiscard]] const std::optional<std::pair<bool, std::string>>& precision() const noexcept { return precision_; }
    /// Whether float32 is the precision for a question that names none: that of the arrays, or that of the first use.
    [[nodiscard]] bool prefers_float32() const noexcept {
        return precision_ ? precision_->first : !float64_ && float32_;
    }
    /// Whether there is a lattice.
    [[nodiscard]] bool has_lattice() const noexcept { return coupling_.has_value(); }
    [[nodiscard]] bool has_mean_field() const noexcept { return mean_field_.has_value(); }
    [[nodiscard]] bool has_inertia() const noexcept { return inertia_.has_value(); }
    /// Whether the coupling is the sine, which energy and helicity need.
    [[nodiscard]] bool is_sine() const noexcept;
    [[nodiscard]] const OwnedBoundary& boundary() const noexcept { return boundary_; }
    [[nodiscard]] const std::optional<Inertia>& inertia() const noexcept { return inertia_; }
    [[nodiscard]] double K() const noexcept { return K_; }
    /// Throws ValueError, naming both, if the model has a mask of another shape than `cells`. The library would name
    /// the bonds that are made of the mask.
    void check_mask_fits(const Array& cells, const char* name) const;
    /// For people.
    [[nodiscard]] std::string text() const;

  private:
    template <class T> struct Typed {
        rt::ModelChoice<T> model;
        km::Field<T> east; // with a mask
        km::Field<T> south;
    };
    template <class T> using Kept = std::unique_ptr<const Typed<T>>;
    template <class T> Kept<T>& slot() const;
    template <class T> [[nodiscard]] std::unique_ptr<Typed<T>> made() const;
    template <class T> [[nodiscard]] std::optional<km::AnyCoupling<T>> coupling() const;
    template <class T> void check_numbers() const;
    void take_mask(py::handle mask);
    void look_at(const Array& array, const char* name);

    double K_;
    NumberOrArray omega_;
    std::optional<CouplingArgument> coupling_;
    OwnedBoundary boundary_;
    std::optional<std::pair<Array, Array>> bonds_;
    std::optional<Array> mask_shape_; // rows and columns alone
    py::object mask_;                 // until the bonds are made of it
    std::optional<km::MeanField> mean_field_;
    std::optional<Inertia> inertia_;
    std::optional<std::pair<bool, std::string>> precision_; // float32 or not, and the argument that says so
    mutable Kept<float> float32_;
    mutable Kept<double> float64_;
};

/// Python's steppers with a fixed time step; each kind is a type of its own.
struct Stepper {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
    rt::StepperKind kind = rt::StepperKind::euler;
    double dt = 0;
    NumberOrArray D = {};
    std::uint64_t seed = 1;

    /// Throws TypeError for a field D of another precision.
    template <class T> [[nodiscard]] rt::StepperChoice<T> typed() const {
        if (D.array) check_same_precision(D.array->is_float32, "D", std::is_same_v<T, float>, "theta");
        return {.kind = kind, .dt = dt, .D = D.value<T>(), .temperature = D.number, .seed = seed};
    }
};

/// Python's policies; each kind is a type of its own.
struct Policy {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
    rt::PolicyKind kind;
    rt::PolicyOptions options;
    rt::Policy policy;
};

void bind_model(py::module_& module);
void bind_loading(py::module_& module);
void bind_steppers(py::module_& module);
void bind_policies(py::module_& module);
void bind_algorithms(py::module_& module);
void bind_ensembles(py::module_& module);
void bind_observables(py::module_& module);
void bind_initial(py::module_& module);

} // namespace kuramoto_python
