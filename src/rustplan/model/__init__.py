"""The nouns that flow between stages: frozen values, standard library and msgspec only."""
