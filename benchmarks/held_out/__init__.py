"""What `bench decontamination` plants: held-out items changed in every way people and pipelines change them."""
