//! Service files: options under a name.
//! See <https://www.postgresql.org/docs/current/libpq-pgservice.html>.

use std::fs;
use std::path::Path;

use redstart_core::{Error, Result};

use super::choice::operational;
use super::environment::Environment;
use super::keyword;
use super::settings::Settings;

/// Sets the options of the service that is asked for, if one is, where they have no value yet.
pub(super) fn fill(settings: &mut Settings, environment: &Environment) -> Result<()> {
    let service = settings.value("service");
    let Some(service) = service.or(environment.variable("PGSERVICE")) else {
        return Ok(());
    };
    let service = service.to_owned();
    let named = environment.variable("PGSERVICEFILE").map(Into::into);
    let own = named.clone().or_else(|| {
        let file = environment.home_file(".pg_service.conf");
        file.filter(|path| path.exists())
    });
    if let Some(path) = own
        && read(&path, &service, settings)?
    {
        return Ok(());
    }
    let path = environment.system_file("pg_service.conf");
    if path.exists() && read(&path, &service, settings)? {
        return Ok(());
    }
    Err(operational(format!(
        "definition of service \"{service}\" not found"
    )))
}

/// Reads the service's options from a file; tells whether it is there.
fn read(path: &Path, service: &str, settings: &mut Settings) -> Result<bool> {
    let text = fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                operational(format!("service file \"{path}\" not found"))
            }
            _ => operational(format!("could not read service file \"{path}\": {error}")),
        }
    })?;
    let mut found = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(group) = line.strip_prefix('[') {
            if found {
                break;
            }
            found = group
                .strip_prefix(service)
                .is_some_and(|rest| rest.starts_with(']'));
        } else if found {
            option(line, settings).map_err(|problem| wrong(path, number + 1, &problem))?;
        }
    }
    Ok(found)
}

/// Sets one option. An error says what is wrong, without the value.
fn option(line: &str, settings: &mut Settings) -> std::result::Result<(), String> {
    let (name, value) = line.split_once('=').ok_or("there is no \"=\"")?;
    if name == "service" {
        return Err("a service cannot refer to another".into());
    }
    if keyword::find(name).is_none() {
        return Err(keyword::unknown(name).message().to_owned());
    }
    let set = settings.fill(name, value);
    set.map_err(|error| error.message().to_owned())
}

fn wrong(path: &Path, line: usize, problem: &str) -> Error {
    operational(format!(
        "syntax error in service file \"{}\", line {line}: {problem}",
        path.display()
    ))
}
