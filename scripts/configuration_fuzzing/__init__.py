"""Random configurations of tiny models, compared with the reference."""
