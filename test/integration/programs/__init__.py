# SPDX-License-Identifier: Apache-2.0
"""Programs that use a key in the device, a row each: test_programs.py runs the rows."""
