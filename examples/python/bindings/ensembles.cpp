// Ensemble: many lattices of one shape, which are advanced together.
#include "pieces.hpp"

#include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace kuramoto_python {

using namespace pybind11::literals;

namespace {

/// Python's Ensemble: one of the library's, of either precision.
struct Ensemble {
    static void* operator new(std::size_t) { throw_unmade(); } // see made_for_python
    std::variant<km::Ensemble<float>, km::Ensemble<double>> cells;

    [[nodiscard]] bool is_float32() const noexcept { return cells.index() == 0; }
    [[nodiscard]] std::ptrdiff_t members() const {
        return std::visit([](const auto& of) { return of.members(); }, cells);
    }
    [[nodiscard]] std::ptrdiff_t rows() const {
        return std::visit([](const auto& of) { return of.rows(); }, cells);
    }
    [[nodiscard]] std::ptrdiff_t cols() const {
        return std::visit([](const auto& of) { return of.cols(); }, cells);
    }
    /// Cells of all groups, the last of which need not be full.
    [[nodiscard]] double computed_cells() const {
        const auto groups = [&](const auto& of) {
            return static_cast<double>(of.storage().rows()) * static_cast<double>(of.storage().cols());
        };
        return std::visit(groups, cells);
    }
};

std::unique_ptr<Ensemble> made(std::ptrdiff_t members, std::ptrdiff_t rows, std::ptrdiff_t cols, py::object dtype) {
    if (is_float32_argument(dtype)) return made_for_python(Ensemble{km::Ensemble<float>(members, rows, cols)});
    return made_for_python(Ensemble{km::Ensemble<double>(members, rows, cols)});
}

/// Member k as an array that views its cells, and keeps the ensemble alive. Negative numbers count from the end.
py::array member(const py::object& self, const py::object& index) {
    auto& ensemble = py::cast<Ensemble&>(self);
    const std::ptrdiff_t members = ensemble.members();
    if (PyIndex_Check(index.ptr()) == 0)
        throw py::type_error("a member is theta[k] with an integer k, but k is of type " + type_of(index));
    const std::ptrdiff_t k = PyNumber_AsSsize_t(index.ptr(), PyExc_IndexError);
    if (k == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
    if (k < -members || k >= members)
        throw py::index_error("member " + std::to_string(k) + " is not one of " + std::to_string(members));
    return std::visit(
        [&]<class T>(km::Ensemble<T>& of) {
            const km::Grid<T> cells = of.member(k < 0 ? k + members : k);
            constexpr auto size = static_cast<py::ssize_t>(sizeof(T));
            return py::array(py::dtype::of<T>(), std::vector<py::ssize_t>{cells.rows(), cells.cols()},
                             std::vector<py::ssize_t>{cells.row_stride() * size, cells.col_stride() * size},
                             cells.data(), self);
        },
        ensemble.cells);
}

/// The argument `models` or `steppers`: one object for all members, or one per member. Kept alive.
template <class One> struct OfMembers {
    py::tuple kept;
    std::vector<const One*> each;
    bool is_one = false;

    OfMembers(py::handle given, const char* name, const char* kind, std::ptrdiff_t members) {
        const auto at = [](std::ptrdiff_t k) { return static_cast<std::size_t>(k); };
        if (py::isinstance<One>(given)) {
            is_one = true;
            kept = py::make_tuple(given);
            each.assign(at(members), &py::cast<const One&>(given));
            return;
        }
        if (!py::hasattr(given, "__iter__") || py::isinstance<py::str>(given))
            throw py::type_error(std::string(name) + " must be a " + kind + ", or one per member, but is of type " +
                                 type_of(given));
        py::list found;
        for (const py::handle one : py::iter(given)) { // which may have no end
            if (static_cast<std::ptrdiff_t>(found.size()) == members)
                throw py::value_error(std::string(name) + " must be one, or one per member: there are more than " +
                                      std::to_string(members));
            found.append(one);
        }
        if (static_cast<std::ptrdiff_t>(found.size()) != members)
            throw py::value_error(std::string(name) + " must be one, or one per member: there are " +
                                  std::to_string(found.size()) + " for " + std::to_string(members) + " members");
        kept = py::tuple(found);
        for (const py::handle one : kept) {
            if (!py::isinstance<One>(one))
                throw py::type_error(std::string(name) + "[" + std::to_string(each.size()) + "] must be a " + kind +
                                     ", but is of type " + type_of(one));
            each.push_back(&py::cast<const One&>(one));
        }
    }
};

/// Calls work(); a message of it names the member.
template <class Work> void name_member(std::size_t k, const Work& work) {
    const std::string name = "member " + std::to_string(k) + ": ";
    try {
        work();
    } catch (const py::type_error& error) {
        throw py::type_error(name + error.what());
    } catch (const py::value_error& error) {
        throw py::value_error(name + error.what());
    }
}

/// Throws unless the velocities fit the models and the phases.
void check_velocity(const Ensemble& theta, const Ensemble* velocity, const std::vector<const Model*>& models) {
    for (std::size_t k = 0; k < models.size(); ++k)
        if (models[k]->has_inertia() != models.front()->has_inertia())
            throw py::value_error("models[" + std::to_string(k) + "] and models[0] must both have inertia, or neither");
    const bool has_inertia = !models.empty() && models.front()->has_inertia();
    if (has_inertia && velocity == nullptr) throw py::value_error("velocity is missing: the models have inertia");
    if (velocity == nullptr) return;
    if (!has_inertia && !models.empty()) throw py::value_error("velocity is given, but the models have no inertia");
    check_same_precision(velocity->is_float32(), "velocity", theta.is_float32(), "the ensemble");
}

/// The argument `members`: whether each member advances; empty for all.
std::vector<bool> chosen_members(const py::object& given, std::ptrdiff_t members) {
    if (given.is_none()) return {};
    const py::array array = py::array::ensure(given);
    if (!array || (array.dtype().kind() != 'b' && array.size() > 0))
        throw py::type_error("members must be None or an array of bool, one per member, but is of type " +
                             type_of(given) + (array ? " and dtype " + std::string(py::str(array.dtype())) : ""));
    if (array.ndim() != 1 || array.size() != members)
        throw py::value_error("members must be an array of bool, one per member, but has the shape " +
                              std::string(py::str(array.attr("shape"))) + " for " + std::to_string(members) +
                              " members");
    std::vector<bool> chosen;
    for (const py::handle one : array) chosen.push_back(one.cast<bool>());
    return chosen;
}

/// The arguments that advance and integrate share, checked.
struct Arguments {
    OfMembers<Model> models;
    Ensemble* velocity = nullptr; ///< null without inertia
    std::vector<bool> runs;       ///< see chosen_members
    bool has_mean_field = false;

    Arguments(const Ensemble& theta, const py::object& of_models, const py::object& of_velocity, const py::object& some)
        : models(of_models, "models", "Model", theta.members()) {
        if (!of_velocity.is_none() && !py::isinstance<Ensemble>(of_velocity))
            throw py::type_error("velocity must be an Ensemble or None, but is of type " + type_of(of_velocity));
        if (!of_velocity.is_none()) velocity = &py::cast<Ensemble&>(of_velocity);
        check_velocity(theta, velocity, models.each);
        runs = chosen_members(some, theta.members());
        for (std::size_t k = 0; k < models.each.size(); ++k) {
            const Model& model = *models.each[k];
            name_member(k, [&] { model.check_mask_fits({.rows = theta.rows(), .cols = theta.cols()}, "theta"); });
            has_mean_field = has_mean_field || model.has_mean_field();
        }
    }

    template <class T> [[nodiscard]] std::vector<rt::ModelChoice<T>> typed_models() const {
        std::vector<rt::ModelChoice<T>> typed;
        for (std::size_t k = 0; k < models.each.size(); ++k)
            name_member(k, [&] { typed.push_back(models.each[k]->typed<T>()); });
        return typed;
    }
};

void advance(Ensemble& theta, const py::object& models, std::int64_t steps, const py::object& steppers,
             const Policy& policy, const py::object& velocity, const py::object& first_step, const py::object& progress,
             const py::object& some) {
    const std::ptrdiff_t members = theta.members();
    const Arguments given(theta, models, velocity, some);
    const OfMembers<Stepper> of_steppers(steppers, "steppers", "Stepper", members);
    const Stepper* noisy = nullptr;
    std::int64_t least = 4; // members are no sweeps: their cells stay in the cache for a whole piece
    for (const Stepper* stepper : of_steppers.each) {
        if (rt::is_noisy(stepper->kind)) noisy = stepper;
        least = std::min(least, least_steps(stepper->kind, policy.policy, given.has_mean_field));
    }
    if (noisy != nullptr && of_steppers.is_one && members > 1)
        throw py::value_error(
            "steppers must be one per member with noise: with one seed, all members would get the same noise");
    const Pieces pieces(theta.computed_cells(), least);
    std::visit(
        [&]<class T>(km::Ensemble<T>& phases) {
            const std::vector<rt::ModelChoice<T>> typed_models = given.typed_models<T>();
            std::vector<rt::StepperChoice<T>> typed_steppers;
            for (std::size_t k = 0; k < of_steppers.each.size(); ++k)
                name_member(k, [&] { typed_steppers.push_back(of_steppers.each[k]->typed<T>()); });
            std::int64_t first = 0;
            const auto piece = [&](std::int64_t count, std::int64_t done) {
                const std::int64_t from = noisy != nullptr ? first + done : first; // see advance
                if (given.velocity != nullptr)
                    rt::advance(policy.policy, typed_steppers, typed_models, phases,
                                std::get<km::Ensemble<T>>(given.velocity->cells), count, from, given.runs);
                else
                    rt::advance(policy.policy, typed_steppers, typed_models, phases, count, from, given.runs);
            };
            {
                const py::gil_scoped_release released;
                piece(0, 0); // throws if an argument is invalid
            }
            if (members > 0)
                first = first_step_of(noisy != nullptr ? *noisy : *of_steppers.each.front(), first_step, "");
            if (!given.runs.empty() && std::find(given.runs.begin(), given.runs.end(), true) == given.runs.end()) {
                const py::gil_scoped_release released;
                return piece(steps, 0); // nothing but checks
            }
            const auto check = [&] {
                for (const rt::StepperChoice<T>& stepper : typed_steppers)
                    check_steps<T>(stepper, given.velocity != nullptr, steps, first);
            };
            advance_in_pieces(steps, pieces, progress, check, piece);
        },
        theta.cells);
}

/// Copies the members that run.
template <class T> void copy_members(const km::Ensemble<T>& from, km::Ensemble<T>& to, const std::vector<bool>& runs) {
    for (std::ptrdiff_t k = 0; k < to.members(); ++k) {
        if (!runs[static_cast<std::size_t>(k)]) continue;
        const km::Grid<const T> cells = from.member(k);
        const km::Grid<T> target = to.member(k);
        for (std::ptrdiff_t i = 0; i < cells.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < cells.cols(); ++j) target(i, j) = cells(i, j);
    }
}

/// Calls integrate(runs) for blocks of the members that run. Between blocks, signals are handled and progress(members)
/// is called. Quick blocks double in size, so that workers rarely wait for each other; slow ones halve.
template <class Integrate>
void integrate_in_blocks(const std::vector<bool>& runs, std::size_t least, py::handle progress,
                         const Integrate& integrate) {
    const auto count = static_cast<std::size_t>(std::count(runs.begin(), runs.end(), true));
    const ShownProgress shown(progress_of(progress, static_cast<std::int64_t>(count), "member"),
                              progress.is(py::bool_(true)));
    least = std::max(least, count / 256); // a call has a cost per member, whether or not it runs
    std::size_t size = least;
    std::size_t next = 0;
    do {
        std::vector<bool> block(runs.size(), false);
        std::size_t chosen = 0;
        for (; next < runs.size() && chosen < size; ++next)
            if (runs[next]) {
                block[next] = true;
                ++chosen;
            }
        const Clock::time_point begin = Clock::now();
        {
            const py::gil_scoped_release released;
            integrate(block);
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        if (seconds < patience)
            size *= 2;
        else if (seconds > 2 * patience)
            size = std::max(size / 2, least);
        if (!shown.is_none() && chosen > 0) report(shown.get(), static_cast<std::int64_t>(chosen), 0);
        if (PyErr_CheckSignals() != 0) raise_interrupted(0);
    } while (next < runs.size());
}

std::vector<km::IntegrationReport> integrate(Ensemble& theta, const py::object& models, double duration,
                                             const py::object& methods, const Policy& policy,
                                             const py::object& velocity, const py::object& progress,
                                             const py::object& some) {
    const Arguments given(theta, models, velocity, some);
    const OfMembers<OfPython<km::DormandPrince54>> of_methods(methods, "methods", "DormandPrince54", theta.members());
    const auto workers = static_cast<std::size_t>(rt::workers_of(policy.policy).concurrency());
    return std::visit(
        [&]<class T>(km::Ensemble<T>& phases) {
            const std::vector<rt::ModelChoice<T>> typed_models = given.typed_models<T>();
            std::vector<km::DormandPrince54> typed_methods;
            for (const auto* method : of_methods.each) typed_methods.push_back(*method);
            const auto run = [&](km::Ensemble<T>& of, km::Ensemble<T>* velocities, double time,
                                 const std::vector<bool>& runs) {
                if (velocities == nullptr)
                    return rt::integrate(policy.policy, typed_methods, typed_models, of, time, runs);
                return rt::integrate(policy.policy, typed_methods, typed_models, of, *velocities, time, runs);
            };
            auto* const velocities =
                given.velocity == nullptr ? nullptr : &std::get<km::Ensemble<T>>(given.velocity->cells);
            std::vector<km::IntegrationReport> reports;
            const std::vector<bool> nobody(typed_models.size(), false);
            const std::vector<bool> runs = given.runs.empty() ? std::vector<bool>(nobody.size(), true) : given.runs;
            {
                const py::gil_scoped_release released; // both throw if an argument is invalid
                run(phases, velocities, duration, nobody);
                reports = run(phases, velocities, 0.0, {});
            }
            // Integrates copies, so that an error leaves the ensembles unchanged.
            km::Ensemble<T> result = phases;
            km::Ensemble<T> result_velocities = velocities == nullptr ? km::Ensemble<T>(0, 0, 0) : *velocities;
            integrate_in_blocks(runs, 4 * workers, progress, [&](const std::vector<bool>& block) {
                const auto of_block =
                    run(result, velocities == nullptr ? nullptr : &result_velocities, duration, block);
                for (std::size_t k = 0; k < block.size(); ++k)
                    if (block[k]) reports[k] = of_block[k];
            });
            copy_members(result, phases, runs);
            if (velocities != nullptr) copy_members(result_velocities, *velocities, runs);
            return reports;
        },
        theta.cells);
}

} // namespace

void bind_ensembles(py::module_& module) {
    const py::object openmp = module.attr("OpenMP")();
    py::class_<Ensemble>(module, "Ensemble", R"(Many lattices of one shape, its members, that advance together.

theta[k] is member k: an array that views its cells. All functions accept it, with its
strides. theta[k] = array copies numbers into it.

Parameters
----------
members, rows, cols : int
    Number of lattices, and the shape of each. All phases are 0 at first.
dtype : dtype, optional
    float32 or float64.

Notes
-----
16 members of float32, or 8 of float64, form a group and share vector instructions. Many
small lattices then cost about as much per cell as one large lattice: see advance. A group
that is not full costs as much as a full one.)")
        .def(py::init(&made), "members"_a, "rows"_a, "cols"_a, "dtype"_a = "float64")
        .def_property_readonly(
            "shape", [](const Ensemble& self) { return std::make_tuple(self.members(), self.rows(), self.cols()); },
            "Members, rows, columns.")
        .def_property_readonly(
            "dtype",
            [](const Ensemble& self) { return self.is_float32() ? py::dtype::of<float>() : py::dtype::of<double>(); },
            "float32 or float64.")
        .def("__len__", &Ensemble::members)
        .def("__getitem__", &member, "k"_a)
        .def(
            "__setitem__",
            [](const py::object& self, const py::object& k, const py::object& values) {
                member(self, k).attr("__setitem__")(py::ellipsis(), values);
            },
            "k"_a, "values"_a)
        .def("__iter__",
             [](const py::object& self) {
                 const py::module_ builtins = py::module_::import("builtins");
                 return py::object(
                     builtins.attr("map")(self.attr("__getitem__"), builtins.attr("range")(py::len(self))));
             })
        .def("__repr__",
             [](const Ensemble& self) {
                 return "<ensemble of " + std::to_string(self.members()) + " lattices of " +
                        std::to_string(self.rows()) + " x " + std::to_string(self.cols()) + ", " +
                        precision_name(self.is_float32()) + ">";
             })
        .def("advance", &advance, "models"_a, "steps"_a, "steppers"_a, py::kw_only(), "policy"_a = openmp,
             "velocity"_a = py::none(), "first_step"_a = py::none(), "progress"_a = py::none(),
             "members"_a = py::none(),
             R"(Advances members in place by steps: all, or those that are chosen.

The result of each member is bit-identical to advance of this member alone, with the same
policy.

Parameters
----------
models : Model or iterable of Model
    One for all members, or one per member. Couplings, edges and bonds can differ. All
    have inertia, or none.
steps : int
    Not negative.
steppers : Stepper or iterable of Stepper
    One for all members, or one per member. With noise, one per member, each with its own
    seed.
policy : Policy, optional
    Who does the work. Each worker gets whole groups of members.
velocity : Ensemble, optional
    With inertia: velocities, rad / time, of the shape and precision of the ensemble; in
    place.
first_step : int, optional
    Number of the first step in the whole run. Required by steppers with noise.
progress : bool or callable, optional
    As in advance.
members : array of bool, optional
    Which members advance, one value per member; all if not given. The others keep their
    state. The models and steppers of all members are checked.

Raises
------
TypeError, ValueError
    Before anything is written; the message names the member or the argument.
Interrupted
    After Ctrl-C; steps_done is the number of steps that the chosen members have
    advanced.

Notes
-----
The members of a group share vector instructions if all members have the same kind of
stepper, the sine or the linear coupling for all, the same kind of condition on each side,
bonds or a mask for all or none, D a number or an array for all, and no mean field; not
with Serial. Otherwise each worker advances one member after the other. Releases the lock
of the interpreter.

advance_observed stops members one by one.)")
        .def("integrate", &integrate, "models"_a, "duration"_a, "methods"_a = module.attr("DormandPrince54")(),
             py::kw_only(), "policy"_a = openmp, "velocity"_a = py::none(), "progress"_a = py::none(),
             "members"_a = py::none(),
             R"(Advances members in place by a time, with adaptive steps. Each member has its own
step lengths.

The result of each member is bit-identical to integrate of this member alone, with the same
policy.

Parameters
----------
models : Model or iterable of Model
    As in advance.
duration : float
    Time to advance. Finite, not negative.
methods : DormandPrince54 or iterable of DormandPrince54, optional
    Tolerances and limits: one for all members, or one per member.
policy : Policy, optional
    Who does the work. Each worker integrates one member at a time.
velocity : Ensemble, optional
    With inertia: velocities, rad / time, of the shape and precision of the ensemble; in
    place.
progress : bool or callable, optional
    True shows a bar. A callable is called with the number of members that were finished
    since its last call.
members : array of bool, optional
    Which members are integrated, one value per member; all if not given. The others keep
    their state. The models and methods of all members are checked.

Returns
-------
list of IntegrationReport
    One per member. All values are 0 for a member that is not integrated.

Raises
------
TypeError, ValueError
    For an invalid argument; the message names the argument or the member.
RuntimeError
    As integrate of one member; the message names the member.
Interrupted
    After Ctrl-C; steps_done is 0. Ctrl-C takes effect between blocks of members. The first
    block has four members per worker, or 1/256 of all if that is more. Blocks grow while
    one takes less than 0.08 s.

Whatever is raised, also by progress, no member changes.

Notes
-----
Members share no vector instructions here, so a cell costs more than in advance. Takes two
copies of the ensemble at most, and two of the velocities. Releases the lock of the
interpreter.

To continue a run, pass one method per member, with next_dt of its report as initial_dt.)");
}

} // namespace kuramoto_python
