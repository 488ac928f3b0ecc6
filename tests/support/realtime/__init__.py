"""People in parties, in voice and at live channels."""
