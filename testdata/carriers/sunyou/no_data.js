searchCallback({"message":"success","status":1,"data":[]})
