-- What the functions of this schema call is the server's own, whatever search path the session has that fires them.
ALTER FUNCTION rotationmesh.date_the_end() SET search_path = '';

ALTER FUNCTION rotationmesh.forget_old_failures() SET search_path = '';

ALTER FUNCTION rotationmesh.refuse_change() SET search_path = '';
