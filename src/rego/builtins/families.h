#pragma once

// One Register function a family.

#include "rego/builtin_call.h"
#include "rego/builtin_table.h"

namespace vouchsafe::rego {

void RegisterOperators(BuiltinTable& table);
void RegisterNumbers(BuiltinTable& table);
void RegisterAggregates(BuiltinTable& table);
void RegisterObjects(BuiltinTable& table);
void RegisterStrings(BuiltinTable& table);
void RegisterSearch(BuiltinTable& table);
void RegisterSprintf(BuiltinTable& table);
void RegisterRegex(BuiltinTable& table);
void RegisterTypes(BuiltinTable& table);
void RegisterEncoding(BuiltinTable& table);
void RegisterTime(BuiltinTable& table);
void RegisterUnits(BuiltinTable& table);
void RegisterGraph(BuiltinTable& table);
// Every name with its types; nothing is offered yet.
void DeclareAll(BuiltinTable& table);

}  // namespace vouchsafe::rego
