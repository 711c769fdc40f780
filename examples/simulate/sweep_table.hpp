// The table of a sweep: comma-separated values, one row per member, or per member and frame.
#pragma once

#include "stream.hpp"
#include "sweep_members.hpp"
#include "table.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace simulate {

/// A table with the columns of the swept names, step, time and one per observable. It is kept in memory until `write`,
/// because members that are advanced together need not be neighbours in the table.
class SweepTable {
  public:
    SweepTable(const SweepMembers& members, std::vector<std::string> observables)
        : members_(members), observables_(std::move(observables)), rows_(members.size()) {}

    void add(std::size_t member, std::int64_t step, double time, const std::vector<double>& values) {
        std::string row = "," + std::to_string(step);
        append_number(row, time);
        for (const double value : values) append_number(row, value);
        rows_[member] += row + "\n";
        ++count_;
    }

    [[nodiscard]] std::size_t rows() const { return count_; }

    /// Writes the table. A file of this name is replaced as a whole, or stays as it is if that fails.
    void write(const std::string& name) const {
        write_output(name, [&](auto& file) {
            const std::string head = header();
            file.write(head.data(), head.size());
            for (std::size_t k = 0; k < rows_.size(); ++k) {
                const std::string of_member = whole_rows(k);
                file.write(of_member.data(), of_member.size());
            }
        });
    }

  private:
    [[nodiscard]] std::string header() const {
        std::string header;
        for (const Swept& swept : members_.options().sweep) header += swept.name + ",";
        header += "step,time";
        for (const std::string& name : observables_) header += "," + name;
        return header + "\n";
    }
    /// The rows of a member, with its values before each.
    [[nodiscard]] std::string whole_rows(std::size_t member) const {
        std::string values;
        for (const std::string& value : members_.values(member)) values += (values.empty() ? "" : ",") + value;
        std::string rows;
        for (std::size_t begin = 0; begin < rows_[member].size();) {
            const std::size_t end = rows_[member].find('\n', begin) + 1;
            rows += values + rows_[member].substr(begin, end - begin);
            begin = end;
        }
        return rows;
    }

    const SweepMembers& members_;
    std::vector<std::string> observables_;
    std::vector<std::string> rows_; // of each member, without its values
    std::size_t count_ = 0;
};

} // namespace simulate
