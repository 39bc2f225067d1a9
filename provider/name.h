// SPDX-License-Identifier: Apache-2.0
// The provider's name, by which the sesam command recognises the module's file.
#pragma once

namespace sesam::provider {

/// OSSL_PROV_PARAM_NAME (provider-base(7)).
inline constexpr char kName[] = "sesam: sematicon N200 provider";

}  // namespace sesam::provider
