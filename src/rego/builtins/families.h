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
void RegisterCasts(BuiltinTable& table);
void RegisterDigests(BuiltinTable& table);
void RegisterGlob(BuiltinTable& table);
void RegisterGlobsMatch(BuiltinTable& table);
void RegisterJsonPatch(BuiltinTable& table);
void RegisterNet(BuiltinTable& table);
void RegisterSemver(BuiltinTable& table);
void RegisterUri(BuiltinTable& table);
void RegisterUuid(BuiltinTable& table);
void RegisterYaml(BuiltinTable& table);
// Every name with its types; nothing is offered yet.
void DeclareAll(BuiltinTable& table);

}  // namespace vouchsafe::rego
